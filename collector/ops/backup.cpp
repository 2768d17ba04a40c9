#include "collector/ops/backup.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "collector/build_version.hpp"
#include "collector/ingest/tagged_json.hpp"
#include "collector/ingest/timestamp.hpp"
#include "collector/journal/journal_copy.hpp"
#include "collector/ops/file_digest.hpp"
#include "collector/profile/profile_store.hpp"
#include "collector/store/connection.hpp"
#include "collector/store/sync_directory.hpp"

namespace desirepath::collector {
namespace {

namespace fs = std::filesystem;

constexpr const char* kManifest = "manifest.json";
constexpr const char* kSchema = "desirepath/backup/1";
constexpr const char* kJournal = "journal";

tl::unexpected<Error> io_failure(const fs::path& path, const std::string& what) {
  return failure(ErrorCode::io, path.string() + ": " + what);
}

tl::unexpected<Error> damaged(const fs::path& path, const std::string& what) {
  return failure(ErrorCode::bad_file, path.string() + ": " + what + "; this is no whole backup");
}

Result<void> need_empty(const fs::path& path) {
  std::error_code error;
  if (!fs::exists(path, error)) return {};
  if (!fs::is_directory(path, error) || !fs::is_empty(path, error)) {
    return io_failure(path, "is not empty; name a directory that is not there yet");
  }
  return {};
}

struct NamedDigest {
  std::string path;  // relative, with '/'
  FileDigest digest;
};

Result<void> sync_file(const fs::path& file) {
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  const bool synced = descriptor >= 0 && ::fsync(descriptor) == 0;
  if (descriptor >= 0) ::close(descriptor);
  if (!synced) return io_failure(file, "cannot be synced");
  return {};
}

// As of one instant, whoever writes to it meanwhile.
Result<void> copy_database(const fs::path& from, const fs::path& to) {
  auto connection = Connection::open(from, {.access = Access::read_only});
  if (!connection) return tl::make_unexpected(std::move(connection.error()));
  auto copy = connection->prepare("VACUUM INTO ?1");
  if (!copy) return tl::make_unexpected(std::move(copy.error()));
  const std::string name = to.string();
  if (auto done = copy->bind(1, name).run(); !done) return done;
  fs::permissions(to, fs::perms::owner_read | fs::perms::owner_write);
  return sync_file(to);
}

Result<void> copy_files(const fs::path& data, const fs::path& out) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(data, error)) {
    const fs::path name = entry.path().filename();
    if (name.extension() == ".db") {
      if (auto done = copy_database(entry.path(), out / name); !done) return done;
    } else if (name.extension() == ".jsonl") {
      if (auto done = copy_file_durably(entry.path(), out / name); !done)
        return tl::make_unexpected(done.error());
    }
  }
  if (error) return io_failure(data, error.message());
  return {};
}

Result<std::vector<NamedDigest>> digest_all(const fs::path& root) {
  std::vector<NamedDigest> files;
  std::error_code error;
  for (const auto& entry : fs::recursive_directory_iterator(root, error)) {
    if (!entry.is_regular_file()) continue;
    auto digest = digest_file(entry.path());
    if (!digest) return tl::make_unexpected(std::move(digest.error()));
    files.push_back({fs::relative(entry.path(), root, error).generic_string(), std::move(*digest)});
  }
  if (error) return io_failure(root, error.message());
  std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  return files;
}

std::string manifest_text(const std::vector<NamedDigest>& files, Cursor cursor, std::int64_t now_ms) {
  std::string text = "{\"schema\":\"" + std::string(kSchema) + "\",\"madeAt\":\"" + format_timestamp(now_ms) +
                     "\",\"version\":\"" + build_version() + "\",\"cursor\":\"" +
                     std::to_string(cursor.position) + "\",\n\"files\":[";
  for (std::size_t i = 0; i < files.size(); ++i) {
    text += i == 0 ? "\n{\"path\":" : ",\n{\"path\":";
    append_json_string(text, files[i].path);
    text += ",\"bytes\":" + std::to_string(files[i].digest.bytes) + ",\"sha256\":\"" +
            files[i].digest.sha256 + "\"}";
  }
  return text + "\n]}\n";
}

BackupSummary summary_of(const std::vector<NamedDigest>& files, Cursor cursor) {
  BackupSummary summary{files.size(), 0, cursor};
  for (const NamedDigest& file : files) summary.bytes += file.digest.bytes;
  return summary;
}

struct Manifest {
  std::vector<NamedDigest> files;
  Cursor cursor;
};

// A name that stays inside the backup.
bool is_inside(const std::string& path) {
  const fs::path named(path);
  return !path.empty() && named.is_relative() && std::find(named.begin(), named.end(), "..") == named.end();
}

Result<Manifest> read_manifest(const fs::path& from) {
  const fs::path file = from / kManifest;
  std::ifstream in(file, std::ios::binary);
  if (!in) return damaged(file, "cannot be read");
  const std::string text((std::istreambuf_iterator<char>(in)), {});
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object() || json.value("schema", "") != kSchema || !json.contains("files")) {
    return damaged(file, "is not of schema " + std::string(kSchema));
  }
  Manifest manifest;
  const std::string cursor = json.value("cursor", "");
  std::from_chars(cursor.data(), cursor.data() + cursor.size(), manifest.cursor.position);
  for (const auto& each : json.at("files")) {
    if (!each.is_object()) return damaged(file, "lists what is no file");
    NamedDigest named{each.value("path", ""),
                      {each.value("bytes", std::uint64_t{0}), each.value("sha256", "")}};
    if (!is_inside(named.path)) return damaged(file, "names a file outside of it");
    manifest.files.push_back(std::move(named));
  }
  return manifest;
}

Result<void> copy_checked(const Manifest& manifest, const fs::path& from, const fs::path& to) {
  std::set<fs::path> folders{to};
  for (const NamedDigest& each : manifest.files) {
    const fs::path target = to / each.path;
    std::error_code error;
    fs::create_directories(target.parent_path(), error);
    folders.insert(target.parent_path());
    const auto copied = copy_file_durably(from / each.path, target);
    if (!copied) return damaged(from / each.path, copied.error().message);
    if (copied->sha256 != each.digest.sha256 || copied->bytes != each.digest.bytes) {
      return damaged(from / each.path, "is not what the manifest says");
    }
  }
  for (const fs::path& folder : folders) {
    if (auto synced = sync_directory(folder); !synced) return synced;
  }
  return {};
}

Result<void> mark_restored(const fs::path& data, std::int64_t now_ms) {
  auto store = ProfileStore::open(data / "profiles.db");
  if (!store) return tl::make_unexpected(std::move(store.error()));
  ProfileSession& writer = (*store)->writer();
  if (auto begun = writer.begin(); !begun) return begun;
  auto set = writer.set_setting("restored_at", std::to_string(now_ms));
  if (set) set = writer.commit();
  if (!set) writer.rollback();
  return set;
}

}  // namespace

Result<BackupSummary> write_backup(const BackupParts& parts, const fs::path& out) {
  if (auto empty = need_empty(out); !empty) return tl::make_unexpected(std::move(empty.error()));
  std::error_code error;
  fs::create_directories(out, error);
  if (error) return io_failure(out, error.message());
  fs::permissions(out, fs::perms::owner_all, error);
  const auto last = copy_journal(parts.journal, parts.folded, out / kJournal);
  if (!last) return tl::make_unexpected(last.error());
  if (auto copied = copy_files(parts.data, out); !copied)
    return tl::make_unexpected(std::move(copied.error()));
  const auto files = digest_all(out);
  if (!files) return tl::make_unexpected(files.error());
  for (const fs::path& folder : {out / kJournal, out}) {
    if (auto synced = sync_directory(folder); !synced) return tl::make_unexpected(std::move(synced.error()));
  }
  if (auto written = replace_file(out / kManifest, manifest_text(*files, *last, parts.now_ms)); !written) {
    return tl::make_unexpected(std::move(written.error()));
  }
  if (auto synced = sync_directory(fs::absolute(out).parent_path()); !synced) {
    return tl::make_unexpected(std::move(synced.error()));
  }
  return summary_of(*files, *last);
}

Result<BackupSummary> restore_backup(const fs::path& from, const fs::path& data, std::int64_t now_ms) {
  if (auto empty = need_empty(data); !empty) return tl::make_unexpected(std::move(empty.error()));
  const auto manifest = read_manifest(from);
  if (!manifest) return tl::make_unexpected(manifest.error());
  const fs::path beside = fs::absolute(data).string() + ".restoring";
  std::error_code error;
  fs::remove_all(beside, error);
  if (!fs::create_directory(beside, error)) return io_failure(beside, error.message());
  fs::permissions(beside, fs::perms::owner_all, error);
  auto done = copy_checked(*manifest, from, beside);
  if (done) done = mark_restored(beside, now_ms);
  if (!done) {
    fs::remove_all(beside, error);
    return tl::make_unexpected(std::move(done.error()));
  }
  fs::remove(data, error);  // an empty one
  fs::rename(beside, data, error);
  if (error) return io_failure(data, error.message());
  if (auto synced = sync_directory(fs::absolute(data).parent_path()); !synced) {
    return tl::make_unexpected(std::move(synced.error()));
  }
  return summary_of(manifest->files, manifest->cursor);
}

}  // namespace desirepath::collector
