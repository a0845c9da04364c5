// A LIFO free list of objects of one type: what the path borrows instead of allocating.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace errgate::base {

// Lends default-constructed objects and takes them back as they are, without destroying or
// resetting them: the borrower brings one into its first state. Last in, first out, because the
// object used last is the one still in the cache. At most `max_free` unused ones are kept, more
// are deleted. One thread; every lease must end before its slab does.
template <class T>
class Slab {
  public:
    struct Return {
        Slab* slab = nullptr;
        void operator()(T* object) const { slab->give_back(object); }
    };
    using Lease = std::unique_ptr<T, Return>;  // goes back by itself

    explicit Slab(std::size_t max_free) : max_free_(max_free) { free_.reserve(max_free); }
    Slab(const Slab&) = delete;
    Slab& operator=(const Slab&) = delete;

    // An object in whatever state its last borrower left it; a new one is not zeroed either.
    Lease take() {
        ++lent_;
        if (free_.empty()) return Lease(new T, Return{this});
        T* object = free_.back().release();
        free_.pop_back();
        return Lease(object, Return{this});
    }

    // Deletes unused objects until at most `keep` are left.
    void trim(std::size_t keep) {
        while (free_.size() > keep)
            free_.pop_back();
    }

    std::size_t free_count() const { return free_.size(); }
    std::size_t lent_count() const { return lent_; }

  private:
    void give_back(T* object) {
        std::unique_ptr<T> owned(object);
        --lent_;
        if (free_.size() < max_free_) free_.push_back(std::move(owned));
    }

    std::size_t max_free_;
    std::size_t lent_ = 0;
    std::vector<std::unique_ptr<T>> free_;
};

}  // namespace errgate::base
