// Provider codes that no rule names.
#include "telemetry/unmapped.hpp"

#include "base/utf8.hpp"

#include <algorithm>

namespace errgate::telemetry {

namespace {

constexpr std::size_t kMaxPath = 512;
constexpr std::size_t kMaxMethod = 32;

}  // namespace

void UnmappedCodes::add(const ExchangeRecord& exchange, const PeerTexts& texts) {
    const errors::Failure* failure = exchange.failure;
    if (failure == nullptr || failure->mapped || failure->origin != errors::Origin::upstream)
        return;
    const errors::ProviderFacts& provider = failure->provider;
    UnmappedCode example{.upstream = std::string(exchange.upstream_name),
                         .provider_status = provider.status,
                         .provider_code = provider.code,
                         .provider_type = provider.type,
                         .first_seen = exchange.begun,
                         .last_seen = exchange.begun,
                         .treated_as = failure->code,
                         .request_id = std::string(exchange.request_id),
                         .route = std::string(exchange.route_name),
                         .method = std::string(base::truncate_utf8(texts.method(), kMaxMethod)),
                         .path = std::string(base::truncate_utf8(texts.path(), kMaxPath)),
                         .message = failure->message,
                         .body_excerpt = {}};
    if (!exchange.notes.empty()) example.body_excerpt = exchange.notes.back().body_excerpt;
    Key key{example.upstream, provider.status, provider.code, provider.type};

    const std::lock_guard lock(mutex_);
    const auto found = codes_.find(key);
    if (found != codes_.end()) {
        example.first_seen = found->second.first_seen;
        example.count = found->second.count;
    } else if (codes_.size() >= kMost) {
        make_room();
    }
    ++example.count;
    codes_.insert_or_assign(std::move(key), std::move(example));
}

void UnmappedCodes::make_room() {
    const auto oldest = std::ranges::min_element(
        codes_, {}, [](const auto& entry) { return entry.second.last_seen; });
    codes_.erase(oldest);
    ++forgotten_;
}

UnmappedCodes::List UnmappedCodes::list() const {
    List out;
    {
        const std::lock_guard lock(mutex_);
        out.forgotten = forgotten_;
        for (const auto& [key, code] : codes_)
            out.codes.push_back(code);
    }
    std::ranges::stable_sort(out.codes, std::ranges::greater{}, &UnmappedCode::count);
    return out;
}

}  // namespace errgate::telemetry
