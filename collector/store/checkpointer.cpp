#include "collector/store/checkpointer.hpp"

#include <string_view>
#include <utility>

namespace desirepath::collector {
namespace {

constexpr std::string_view kCheckpoint = "PRAGMA wal_checkpoint(PASSIVE)";
constexpr int kCacheKib = 64;

}  // namespace

Checkpointer::Checkpointer(Connection connection, CheckpointBounds bounds)
    : connection_(std::move(connection)), bounds_(bounds), thread_([this] { run(); }) {}

Result<std::unique_ptr<Checkpointer>> Checkpointer::start(const std::filesystem::path& file,
                                                          CheckpointBounds bounds) {
  ConnectionOptions options;
  options.cache_kib = kCacheKib;
  options.autocheckpoint_pages = 0;
  auto connection = Connection::open(file, options);
  if (!connection) return tl::make_unexpected(std::move(connection.error()));
  return std::unique_ptr<Checkpointer>(new Checkpointer(std::move(*connection), bounds));
}

Checkpointer::~Checkpointer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Checkpointer::committed(Connection& writer) {
  const std::int64_t pages = writer.wal_pages();
  if (pages < pages_asked_) pages_asked_ = 0;
  if (pages >= bounds_.pages_long) {
    const std::lock_guard lock(checkpoint_);
    (void)writer.execute(kCheckpoint);
    pages_asked_ = pages;
  } else if (pages - pages_asked_ >= bounds_.pages_behind) {
    pages_asked_ = pages;
    {
      const std::lock_guard lock(mutex_);
      asked_ = true;
    }
    changed_.notify_all();
  }
}

void Checkpointer::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [&] { return asked_ || stopping_; });
    if (stopping_) return;
    asked_ = false;
    lock.unlock();
    {
      const std::lock_guard checkpoint(checkpoint_);
      (void)connection_.execute(kCheckpoint);
    }
    lock.lock();
  }
}

}  // namespace desirepath::collector
