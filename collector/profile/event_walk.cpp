#include "collector/profile/event_walk.hpp"

#include <algorithm>

namespace desirepath::collector {

Result<EventWalk> EventWalk::begin(ProfileSession& session, const std::vector<StrandRecord>& strands,
                                   const EventWalkOptions& options) {
  EventWalk walk(session, options);
  for (const StrandRecord& strand : strands) {
    auto stream = session.identities().node(strand.stream);
    if (!stream) return tl::unexpected(stream.error());
    walk.streams_.push_back(to_string(stream->node.identifier));
    auto chunks = session.strands().chunks(strand.id);
    if (!chunks) return tl::unexpected(chunks.error());
    for (const ChunkHead& chunk : *chunks) {
      const bool is_over = chunk.last_ms < options.after.timestamp_ms;
      const bool is_known = options.after_position > 0 && chunk.position <= options.after_position;
      if (!is_over && !is_known) walk.closed_.push_back({chunk, walk.streams_.size() - 1});
    }
  }
  std::sort(walk.closed_.begin(), walk.closed_.end(),
            [](const Closed& a, const Closed& b) { return a.chunk.first_ms > b.chunk.first_ms; });
  return walk;
}

Result<void> EventWalk::open_earliest() {
  const Closed next = closed_.back();
  closed_.pop_back();
  auto read = session_->strands().read(next.chunk.id, options_.with_json);
  if (!read) return tl::unexpected(read.error());
  Open open;
  for (StoredEvent& event : *read) {
    EventOrder order{event.timestamp_ms, event.message_id, streams_[next.stream]};
    if (order <= options_.after) continue;
    open.events.push_back({std::move(order), std::move(event)});
  }
  if (open.events.empty()) return {};
  std::sort(open.events.begin(), open.events.end(),
            [](const OrderedEvent& a, const OrderedEvent& b) { return a.order > b.order; });
  open_.push_back(std::move(open));
  std::push_heap(open_.begin(), open_.end(), is_later);
  return {};
}

Result<const OrderedEvent*> EventWalk::next() {
  while (!closed_.empty() &&
         (open_.empty() || closed_.back().chunk.first_ms <= open_.front().events.back().order.timestamp_ms)) {
    if (auto done = open_earliest(); !done) return tl::unexpected(done.error());
  }
  if (open_.empty()) return nullptr;
  std::pop_heap(open_.begin(), open_.end(), is_later);
  Open& earliest = open_.back();
  current_ = std::move(earliest.events.back());
  earliest.events.pop_back();
  if (earliest.events.empty()) {
    open_.pop_back();
  } else {
    std::push_heap(open_.begin(), open_.end(), is_later);
  }
  return &current_;
}

}  // namespace desirepath::collector
