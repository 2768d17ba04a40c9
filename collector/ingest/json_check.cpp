#include "collector/ingest/json_check.hpp"

#include <simdjson.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "collector/ingest/limits.hpp"

namespace desirepath::collector {
namespace {

using Parser = simdjson::dom::parser;

// A parser keeps about ten bytes for every byte of the largest text it has seen: few of them serve all
// threads.
class ParserPool {
 public:
  std::unique_ptr<Parser> take() {
    std::unique_lock lock(mutex_);
    freed_.wait(lock, [&] { return taken_ < kParsersMax; });
    ++taken_;
    if (idle_.empty()) return std::make_unique<Parser>();
    auto parser = std::move(idle_.back());
    idle_.pop_back();
    return parser;
  }
  void give(std::unique_ptr<Parser> parser) {
    {
      const std::lock_guard lock(mutex_);
      --taken_;
      if (parser->capacity() <= kParserBytesKept) idle_.push_back(std::move(parser));
    }
    freed_.notify_one();
  }

 private:
  std::mutex mutex_;
  std::condition_variable freed_;
  std::size_t taken_ = 0;
  std::vector<std::unique_ptr<Parser>> idle_;
};

ParserPool& pool() {
  static ParserPool shared;
  return shared;
}

}  // namespace

bool is_plain_json(const std::string& text) {
  auto parser = pool().take();
  const bool in_place = text.capacity() - text.size() >= simdjson::SIMDJSON_PADDING;
  const bool plain = parser->parse(text.data(), text.size(), !in_place).error() == simdjson::SUCCESS;
  pool().give(std::move(parser));
  return plain;
}

}  // namespace desirepath::collector
