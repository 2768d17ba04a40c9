#include "collector/ops/key_ring.hpp"

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include <algorithm>

#include "collector/store/connection.hpp"
#include "collector/store/migrations.hpp"

namespace desirepath::collector {
namespace {

constexpr std::array<std::string_view, 3> kMigrations = {
    "CREATE TABLE key(id INTEGER PRIMARY KEY, kind TEXT NOT NULL, source TEXT NOT NULL, digest BLOB NOT NULL "
    "UNIQUE,"
    " shown TEXT NOT NULL, created_ms INTEGER NOT NULL, revoked INTEGER NOT NULL DEFAULT 0) STRICT",
    "ALTER TABLE key ADD COLUMN origins TEXT NOT NULL DEFAULT ''",  // divided by spaces
    "ALTER TABLE key ADD COLUMN secret TEXT NOT NULL DEFAULT ''",   // of identity keys: HMAC needs the text
};
constexpr std::size_t kRandomBytes = 20;  // 160 bits
constexpr std::size_t kShownCharacters = 8;
constexpr std::chrono::seconds kRefreshInterval{1};

std::array<std::uint8_t, 32> digest_of(std::string_view key) {
  std::array<std::uint8_t, 32> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(key.data()), key.size(), digest.data());
  return digest;
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

// "dpw_" and 32 characters; the letter is the kind's first.
Result<std::string> new_key(KeyKind kind) {
  std::array<std::uint8_t, kRandomBytes> bytes{};
  if (RAND_bytes(bytes.data(), bytes.size()) != 1)
    return failure(ErrorCode::io, "the system has no random numbers");
  constexpr char kDigits[] = "abcdefghijklmnopqrstuvwxyz234567";
  std::string key = std::string("dp") + to_string(kind)[0] + "_";
  std::uint32_t buffer = 0;
  int bits = 0;
  for (const std::uint8_t byte : bytes) {
    buffer = (buffer << 8) | byte;
    for (bits += 8; bits >= 5; bits -= 5) key += kDigits[(buffer >> (bits - 5)) & 31];
  }
  return key;
}

}  // namespace

const char* to_string(KeyKind kind) noexcept {
  switch (kind) {
    case KeyKind::write: return "write";
    case KeyKind::secret: return "secret";
    case KeyKind::admin: return "admin";
    case KeyKind::viewer: return "viewer";
    case KeyKind::identity: return "identity";
  }
  return "write";
}

std::optional<KeyKind> parse_key_kind(std::string_view word) noexcept {
  for (const KeyKind kind : kKeyKinds) {
    if (word == to_string(kind)) return kind;
  }
  return std::nullopt;
}

KeyRing::KeyRing(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}
KeyRing::~KeyRing() = default;

Result<std::unique_ptr<KeyRing>> KeyRing::open(const std::filesystem::path& file) {
  ConnectionOptions options;
  options.cache_kib = 64;
  auto connection = Connection::open(file, options);
  if (!connection) return tl::make_unexpected(std::move(connection.error()));
  if (auto migrated = migrate(*connection, kMigrations); !migrated) {
    return tl::make_unexpected(std::move(migrated.error()));
  }
  std::unique_ptr<KeyRing> ring(new KeyRing(std::make_unique<Connection>(std::move(*connection))));
  if (auto loaded = ring->load(); !loaded) return tl::make_unexpected(std::move(loaded.error()));
  return ring;
}

Result<void> KeyRing::load() {
  const auto version = connection_->integer("PRAGMA data_version");
  if (!version) return tl::make_unexpected(version.error());
  auto select = connection_->prepare(
      "SELECT id, kind, source, shown, created_ms, digest, origins, secret FROM key WHERE revoked = 0");
  if (!select) return tl::make_unexpected(std::move(select.error()));
  std::vector<ActiveKey> active;
  for (;;) {
    const auto row = select->step();
    if (!row) return tl::make_unexpected(row.error());
    if (!*row) break;
    ActiveKey key{};
    const auto kind = parse_key_kind(select->text(1));
    const auto digest = select->blob(5);
    if (!kind || digest.size() != key.digest.size()) continue;
    std::copy(digest.begin(), digest.end(), key.digest.begin());
    key.info = KeyInfo{select->integer(0), *kind, std::string(select->text(2)), std::string(select->text(3)),
                       select->integer(4), false, words_of(select->text(6))};
    key.secret = select->text(7);
    active.push_back(std::move(key));
  }
  active_ = std::move(active);
  data_version_ = *version;
  return {};
}

// With the mutex held. On an error what is known stays.
void KeyRing::refresh() {
  const auto now = std::chrono::steady_clock::now();
  if (now - checked_ < kRefreshInterval) return;
  checked_ = now;
  const auto version = connection_->integer("PRAGMA data_version");
  if (version && *version != data_version_) (void)load();
}

Result<void> KeyRing::reload() {
  const std::lock_guard lock(mutex_);
  return load();
}

Result<std::string> KeyRing::create(KeyKind kind, std::string_view source, std::int64_t now_ms,
                                    const std::vector<std::string>& origins) {
  std::string joined;
  for (const std::string& origin : origins) joined += (joined.empty() ? "" : " ") + origin;
  auto key = new_key(kind);
  if (!key) return key;
  const Digest digest = digest_of(*key);
  const std::string_view shown =
      kind == KeyKind::write ? std::string_view(*key) : std::string_view(*key).substr(0, kShownCharacters);
  const std::lock_guard lock(mutex_);
  auto insert = connection_->prepare(
      "INSERT INTO key(kind, source, digest, shown, created_ms, origins, secret) VALUES(?1, ?2, ?3, ?4, ?5, "
      "?6, ?7)");
  if (!insert) return tl::make_unexpected(std::move(insert.error()));
  auto done = insert->bind(1, to_string(kind))
                  .bind(2, source)
                  .bind(3, digest)
                  .bind(4, shown)
                  .bind(5, now_ms)
                  .bind(6, joined)
                  .bind(7, kind == KeyKind::identity ? std::string_view(*key) : std::string_view())
                  .run();
  if (done) done = load();
  if (!done) return tl::make_unexpected(std::move(done.error()));
  return key;
}

Result<void> KeyRing::revoke(std::int64_t id) {
  const std::lock_guard lock(mutex_);
  auto update = connection_->prepare("UPDATE key SET revoked = 1 WHERE id = ?1");
  if (!update) return tl::make_unexpected(std::move(update.error()));
  if (auto done = update->bind(1, id).run(); !done) return done;
  if (connection_->changes() == 0)
    return failure(ErrorCode::not_found, "there is no key " + std::to_string(id));
  return load();
}

Result<std::vector<KeyInfo>> KeyRing::list() {
  const std::lock_guard lock(mutex_);
  auto select = connection_->prepare(
      "SELECT id, kind, source, shown, created_ms, revoked, origins FROM key ORDER BY id");
  if (!select) return tl::make_unexpected(std::move(select.error()));
  std::vector<KeyInfo> keys;
  for (;;) {
    const auto row = select->step();
    if (!row) return tl::make_unexpected(row.error());
    if (!*row) return keys;
    keys.push_back(KeyInfo{select->integer(0), parse_key_kind(select->text(1)).value_or(KeyKind::viewer),
                           std::string(select->text(2)), std::string(select->text(3)), select->integer(4),
                           select->integer(5) != 0, words_of(select->text(6))});
  }
}

std::vector<IdentityKey> KeyRing::identity_keys() {
  const std::lock_guard lock(mutex_);
  refresh();
  std::vector<IdentityKey> keys;
  for (const ActiveKey& key : active_) {
    if (key.info.kind == KeyKind::identity) keys.push_back({key.info.id, key.info.source, key.secret});
  }
  return keys;
}

std::optional<KeyInfo> KeyRing::find(std::string_view key) {
  if (key.empty()) return std::nullopt;
  const Digest digest = digest_of(key);
  const std::lock_guard lock(mutex_);
  refresh();
  const ActiveKey* found = nullptr;
  for (const ActiveKey& candidate : active_) {
    if (CRYPTO_memcmp(candidate.digest.data(), digest.data(), digest.size()) == 0) found = &candidate;
  }
  return found == nullptr ? std::nullopt : std::optional(found->info);
}

}  // namespace desirepath::collector
