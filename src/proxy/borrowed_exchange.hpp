// An exchange out of the worker's slab for as long as a scope lasts.
#pragma once

#include "proxy/worker.hpp"

namespace errgate::proxy {

// Goes back to the slab without its connection and configuration, also when the loop is torn down
// in the middle of an exchange: the slab outlives the loop, a socket must not.
class BorrowedExchange {
  public:
    explicit BorrowedExchange(Worker& worker) : lease_(worker.borrow_exchange()) {
        lease_->in.clear();
    }
    ~BorrowedExchange() {
        lease_->connection.reset();
        lease_->config.reset();
    }
    BorrowedExchange(const BorrowedExchange&) = delete;
    BorrowedExchange& operator=(const BorrowedExchange&) = delete;
    Exchange& operator*() const { return *lease_; }

  private:
    base::Slab<Exchange>::Lease lease_;
};

}  // namespace errgate::proxy
