// Devices whose clock is wrong, and by how much: DIR/clocks.db, a file that only they touch.
//
// A clock counts as wrong when a batch says it left (`sentAt`) more than kClockToleranceMs before or after it
// came in. The device's first such batch decides: the difference in whole minutes is added to the time of its
// events, then and ever after, whatever the network does; so a retry gets the time the first try got, and the
// order of its events is the device's own. Batches of the same device that are not off are taken as they are.
//
// A device is an anonymousId that sends with a write key. Servers (secret keys) speak for many and keep their
// clocks themselves: their times are taken as said. Kept is a hash of the anonymousId, keyed with a secret of
// the file, and the newest kClockDevicesMax of them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "collector/error.hpp"

namespace desirepath::collector {

class Connection;

class ClockBook {
 public:
  static Result<std::unique_ptr<ClockBook>> open(const std::filesystem::path& file);
  ~ClockBook();

  // What is to be added to the device's times, in ms; of a device that is not known yet `seen_ms` in whole
  // minutes, which is durable on return. Any thread.
  Result<std::int64_t> offset_ms(std::string_view anonymous_id, std::int64_t seen_ms);

 private:
  ClockBook(std::unique_ptr<Connection> connection, std::uint64_t secret);
  Result<std::int64_t> add(std::int64_t device, std::int64_t offset_ms);

  std::mutex mutex_;
  std::unique_ptr<Connection> connection_;
  const std::uint64_t secret_;
};

// The clocks of one request's devices; one thread. Without a book no clock is corrected.
class DeviceClocks {
 public:
  DeviceClocks(ClockBook* book, std::int64_t received_at_ms) : book_(book), received_at_ms_(received_at_ms) {}

  // What is to be added to the time of an event of this device that left at `sent_at_ms` by its own clock.
  std::int64_t offset_ms(const std::string& anonymous_id, std::int64_t sent_at_ms);
  // Set once an offset could not be kept: nothing of the request may be acknowledged.
  const std::optional<Error>& failed() const { return failed_; }

 private:
  ClockBook* book_;
  const std::int64_t received_at_ms_;
  std::string last_device_;
  std::optional<std::int64_t> last_offset_ms_;
  std::optional<Error> failed_;
};

}  // namespace desirepath::collector
