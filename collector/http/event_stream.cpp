#include "collector/http/event_stream.hpp"

#include <algorithm>

#include "collector/http/limits.hpp"
#include "collector/ingest/tagged_json.hpp"

namespace desirepath::collector {
namespace {

const char* kind_of(FoldedEvent::Kind kind) {
  switch (kind) {
    case FoldedEvent::Kind::event: return "event";
    case FoldedEvent::Kind::stage: return "stage";
    case FoldedEvent::Kind::decision: return "decision";
  }
  return "event";
}

}  // namespace

std::optional<std::string> StreamClient::next(std::chrono::milliseconds quiet) {
  std::unique_lock lock(mutex_);
  if (!begun_) {
    begun_ = true;
    return ": open\n\n";
  }
  changed_.wait_for(lock, quiet, [&] { return ended_ || !waiting_.empty(); });
  if (ended_) return std::nullopt;
  if (waiting_.empty()) return ": quiet\n\n";
  std::string text;
  if (dropped_ > 0) {
    text = "event: dropped\ndata: {\"dropped\":" + std::to_string(dropped_) + "}\n\n";
    dropped_ = 0;
  }
  for (const auto& one : waiting_) text += *one;
  waiting_.clear();
  waiting_bytes_ = 0;
  return text;
}

void StreamClient::push_or_drop_oldest(std::shared_ptr<const std::string> text) {
  {
    const std::lock_guard lock(mutex_);
    waiting_bytes_ += text->size();
    waiting_.push_back(std::move(text));
    while (waiting_.size() > kStreamEventsMax || waiting_bytes_ > kStreamBytesMax) {
      waiting_bytes_ -= waiting_.front()->size();
      waiting_.pop_front();
      ++dropped_;
    }
  }
  changed_.notify_one();
}

void StreamClient::end() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  changed_.notify_all();
}

EventStream::EventStream()
    : numbered_(static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(
                                               std::chrono::system_clock::now().time_since_epoch())
                                               .count())) {}

Result<std::shared_ptr<StreamClient>> EventStream::watch(std::string_view last_id) {
  const std::lock_guard lock(mutex_);
  std::erase_if(clients_, [](const auto& client) { return client.expired(); });
  if (closed_ || clients_.size() >= kStreamsMax) {
    return failure(ErrorCode::rate_limited,
                   closed_ ? "the collector is stopping" : "too many streams are open");
  }
  auto client = std::make_shared<StreamClient>();
  if (!last_id.empty()) resume(*client, last_id);
  clients_.push_back(client);
  watched_at_ = std::chrono::steady_clock::now();
  return client;
}

void EventStream::resume(StreamClient& client, std::string_view last_id) const {
  const auto last =
      std::find_if(kept_.rbegin(), kept_.rend(), [&](const Kept& kept) { return kept.id == last_id; });
  if (last == kept_.rend()) {
    std::string gap = "event: gap\ndata: {\"after\":";
    append_json_string(gap, last_id);
    client.push_or_drop_oldest(std::make_shared<const std::string>(gap + "}\n\n"));
    return;
  }
  for (auto next = last.base(); next != kept_.end(); ++next) client.push_or_drop_oldest(next->text);
}

bool EventStream::is_watched() {
  const std::lock_guard lock(mutex_);
  return is_watched_now();
}

bool EventStream::is_watched_now() {
  const auto now = std::chrono::steady_clock::now();
  const bool is_open =
      std::any_of(clients_.begin(), clients_.end(), [](const auto& client) { return !client.expired(); });
  if (is_open) watched_at_ = now;
  if (is_open || (watched_at_ && now - *watched_at_ < kStreamResume)) return true;
  kept_.clear();
  kept_bytes_ = 0;
  return false;
}

void EventStream::keep(std::string id, std::shared_ptr<const std::string> text) {
  kept_bytes_ += text->size();
  kept_.push_back({std::move(id), std::move(text)});
  while (kept_.size() > kStreamEventsMax || kept_bytes_ > kStreamBytesMax) {
    kept_bytes_ -= kept_.front().text->size();
    kept_.pop_front();
  }
}

void EventStream::publish(const FoldedEvent& event) {
  const std::lock_guard lock(mutex_);
  ++numbered_;
  if (!is_watched_now()) return;
  std::string id = std::to_string(event.cursor) + '.' + std::to_string(numbered_);
  const auto text = std::make_shared<const std::string>(std::string("event: ") + kind_of(event.kind) +
                                                        "\nid: " + id + "\ndata: " + event.json + "\n\n");
  keep(std::move(id), text);
  for (const auto& weak : clients_) {
    if (const auto client = weak.lock()) client->push_or_drop_oldest(text);
  }
}

void EventStream::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  for (const auto& weak : clients_) {
    if (const auto client = weak.lock()) client->end();
  }
}

}  // namespace desirepath::collector
