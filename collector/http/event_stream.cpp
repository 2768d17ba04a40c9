#include "collector/http/event_stream.hpp"

#include <algorithm>

#include "collector/http/limits.hpp"

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

Result<std::shared_ptr<StreamClient>> EventStream::watch() {
  const std::lock_guard lock(mutex_);
  std::erase_if(clients_, [](const auto& client) { return client.expired(); });
  if (closed_ || clients_.size() >= kStreamsMax) {
    return failure(ErrorCode::rate_limited,
                   closed_ ? "the collector is stopping" : "too many streams are open");
  }
  auto client = std::make_shared<StreamClient>();
  clients_.push_back(client);
  return client;
}

void EventStream::publish(const FoldedEvent& event) {
  const std::lock_guard lock(mutex_);
  std::shared_ptr<const std::string> text;
  for (const auto& weak : clients_) {
    const auto client = weak.lock();
    if (!client) continue;
    if (!text) {
      text = std::make_shared<const std::string>(std::string("event: ") + kind_of(event.kind) +
                                                 "\nid: " + std::to_string(event.cursor) +
                                                 "\ndata: " + event.json + "\n\n");
    }
    client->push_or_drop_oldest(text);
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
