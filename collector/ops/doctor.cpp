#include "collector/ops/doctor.hpp"

#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <vector>

#include "collector/journal/journal_check.hpp"
#include "collector/ops/amount_text.hpp"
#include "collector/ops/key_ring.hpp"
#include "collector/profile/store_check.hpp"
#include "collector/store/connection.hpp"

namespace desirepath::collector {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kSpaceProblem = 64ull << 20;  // a journal file
constexpr std::uint64_t kSpaceNotice = 1ull << 30;
constexpr std::int64_t kFutureNoticeMs = 60'000;

class Examination {
 public:
  Examination(const fs::path& data, std::int64_t now_ms, const std::function<void(const Finding&)>& tell)
      : data_(data), now_ms_(now_ms), tell_(tell) {}

  void run() {
    if (!examine_directory()) return;
    examine_space();
    examine_clock();
    examine_databases();
    examine_profiles();
    examine_journal();
    examine_keys();
  }

 private:
  void fine(const std::string& text) { tell_({Finding::Kind::fine, text}); }
  void notice(const std::string& text) { tell_({Finding::Kind::notice, text}); }
  void problem(const std::string& text) { tell_({Finding::Kind::problem, text}); }

  bool examine_directory() {
    struct stat status {};
    if (::stat(data_.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) {
      problem(data_.string() + " is no directory: name the one that `desirepath serve --data` was given");
      return false;
    }
    if (::access(data_.c_str(), R_OK | W_OK | X_OK) != 0) {
      problem(data_.string() + " cannot be read and written by this user: run as its owner (uid " +
              std::to_string(status.st_uid) + ")");
      return false;
    }
    if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
      notice(data_.string() + " can be entered by others: `chmod 700 " + data_.string() + "`");
    } else {
      fine("the directory is its owner's alone");
    }
    return true;
  }

  void examine_space() {
    struct statvfs space {};
    if (::statvfs(data_.c_str(), &space) != 0)
      return problem(data_.string() + ": its free space cannot be told");
    const std::uint64_t free = std::uint64_t{space.f_bavail} * space.f_frsize;
    const std::string text = std::to_string(free >> 20) + " MiB free";
    if (free < kSpaceProblem) {
      problem(text + ": ingest answers 503 when it is full; make room or move the directory");
    } else if (free < kSpaceNotice || space.f_bavail < space.f_blocks / 20) {
      notice(text + ": make room before it is full");
    } else {
      fine(text);
    }
  }

  // Files that were written in the future tell of a clock that went back.
  void examine_clock() {
    std::error_code error;
    std::int64_t newest_ms = 0;
    for (const auto& entry : fs::directory_iterator(data_, error)) {
      struct stat status {};
      if (::stat(entry.path().c_str(), &status) != 0) continue;
      newest_ms = std::max(newest_ms, std::int64_t{status.st_mtim.tv_sec} * 1'000);
    }
    if (newest_ms > now_ms_ + kFutureNoticeMs) {
      notice("the clock stands " + write_time((newest_ms - now_ms_) / 1'000 * 1'000) +
             " before the newest file: check NTP");
    } else {
      fine("the clock is not behind the files");
    }
  }

  std::vector<fs::path> databases() const {
    std::vector<fs::path> files;
    std::error_code error;
    for (const auto& folder : {data_, data_ / "journal"}) {
      for (const auto& entry : fs::directory_iterator(folder, error)) {
        if (entry.path().extension() == ".db") files.push_back(entry.path());
      }
    }
    std::sort(files.begin(), files.end());
    return files;
  }

  void examine_databases() {
    const auto files = databases();
    if (files.empty()) notice("there is no database yet: `desirepath serve` makes them");
    for (const fs::path& file : files) {
      const std::string name = fs::relative(file, data_).string();
      auto connection = Connection::open(file, {.access = Access::read_only});
      if (!connection) {
        unreadable_.push_back(file);
        problem(connection.error().message + ": restore it from a backup");
        continue;
      }
      const auto mistake = integrity_mistake(*connection);
      if (!mistake) {
        fine(name + ": whole");
        continue;
      }
      unreadable_.push_back(file);
      problem(name + ": " + *mistake + ": restore it from a backup");
    }
  }

  static std::optional<std::string> integrity_mistake(Connection& connection) {
    auto check = connection.prepare("PRAGMA integrity_check(1)");
    if (!check) return check.error().message;
    const auto row = check->step();
    if (!row) return row.error().message;
    if (!*row || check->text(0) == "ok") return std::nullopt;
    std::string mistake(check->text(0));
    std::replace(mistake.begin(), mistake.end(), '\n', ' ');
    return mistake;
  }

  bool is_readable(const fs::path& file) const {
    return fs::exists(file) && std::find(unreadable_.begin(), unreadable_.end(), file) == unreadable_.end();
  }

  void examine_profiles() {
    const fs::path file = data_ / "profiles.db";
    if (!fs::exists(file)) cursor_ = 0;
    if (!is_readable(file)) return;
    const auto checked = check_profile_store(file);
    if (!checked) return problem(checked.error().message);
    cursor_ = checked->cursor;
    for (const std::string& mistake : checked->mistakes)
      problem("profiles.db: " + mistake + ": restore a backup");
    for (const std::string& profile : checked->set_aside) {
      notice("profiles.db: profile " + profile +
             ": it stays as it was folded last; restore a backup, or erase it");
    }
    if (checked->mistakes.empty()) {
      fine("profiles.db: schema " + std::to_string(checked->schema) + ", " + std::to_string(checked->chunks) +
           " chunks can be read, folded to " + std::to_string(checked->cursor));
    }
  }

  void examine_journal() {
    const auto checked = check_journal(data_ / "journal");
    if (!checked) return problem(checked.error().message + ": restore it from a backup");
    for (const std::string& mistake : checked->mistakes)
      problem("journal: " + mistake + ": restore a backup");
    if (!checked->mistakes.empty()) return;
    if (cursor_ && *cursor_ < checked->removed_up_to) {
      return problem(lost_batches(*cursor_, checked->removed_up_to));
    }
    if (checked->batches == 0) return fine("journal: nothing waits to be folded");
    const std::uint64_t folded = cursor_.value_or(0);
    const std::uint64_t waiting = checked->last > folded ? checked->last - folded : 0;
    fine("journal: " + std::to_string(checked->batches) + " batches whole, to " +
         std::to_string(checked->last) + "; at most " + std::to_string(waiting) + " wait to be folded");
  }

  void examine_keys() {
    const fs::path file = data_ / "keys.db";
    if (!is_readable(file)) return;
    auto ring = KeyRing::open(file);
    if (!ring) return problem(ring.error().message);
    const auto keys = (*ring)->list();
    if (!keys) return problem(keys.error().message);
    const auto active = [&keys](KeyKind kind) {
      return std::count_if(keys->begin(), keys->end(),
                           [kind](const KeyInfo& key) { return !key.revoked && key.kind == kind; });
    };
    std::string text = "keys:";
    for (const KeyKind kind : kKeyKinds) text += " " + std::to_string(active(kind)) + " " + to_string(kind);
    if (active(KeyKind::write) == 0) {
      notice(text + ": pages can send nothing; `desirepath keys create --kind write`");
    } else {
      fine(text);
    }
  }

  const fs::path& data_;
  const std::int64_t now_ms_;
  const std::function<void(const Finding&)>& tell_;
  std::vector<fs::path> unreadable_;
  std::optional<std::uint64_t> cursor_;  // to which profiles are folded; none: they cannot be read
};

}  // namespace

void examine(const fs::path& data, std::int64_t now_ms, const std::function<void(const Finding&)>& tell) {
  Examination(data, now_ms, tell).run();
}

}  // namespace desirepath::collector
