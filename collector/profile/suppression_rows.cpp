#include "collector/profile/suppression_rows.hpp"

#include <algorithm>

#include "collector/profile/limits.hpp"
#include "collector/profile/query.hpp"

namespace desirepath::collector {
namespace {

Suppression read_entry(const Statement& row) {
  Suppression entry;
  entry.id = row.integer(0);
  entry.channel = row.text(1);
  if (!row.text(2).empty()) entry.identifier = Identifier{std::string(row.text(2)), std::string(row.text(3))};
  entry.reason = row.text(4);
  entry.source = row.text(5);
  entry.since_ms = row.integer(6);
  return entry;
}

bool is_word_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
         c == '.' || c == ':';
}

}  // namespace

bool is_suppression_word(std::string_view text) {
  return !text.empty() && text.size() <= kSuppressionWordBytesMax &&
         std::all_of(text.begin(), text.end(), is_word_letter);
}

struct SuppressionRows::Statements {
  explicit Statements(Connection& connection) : database(connection) {}

  Connection& database;
  Query key{database, "SELECT value FROM tombstone_key"};
  Query any{database, "SELECT 1 FROM suppression LIMIT 1"};
  Query add{database,
            "INSERT INTO suppression(hash, channel, type, value, reason, source, since_ms) "
            "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT(hash, channel) DO UPDATE SET "
            "type = ?3, value = ?4, reason = ?5, source = ?6"};
  Query remove{database, "DELETE FROM suppression WHERE hash = ?1 AND channel = ?2"};
  Query remove_all{database, "DELETE FROM suppression WHERE hash = ?1"};
  Query of{database,
           "SELECT id, channel, type, value, reason, source, since_ms FROM suppression WHERE hash = ?1 "
           "ORDER BY channel"};
  Query list{database,
             "SELECT id, channel, type, value, reason, source, since_ms FROM suppression WHERE id > ?1 "
             "ORDER BY id LIMIT ?2"};
  Query forget_name{database, "UPDATE suppression SET type = '', value = '' WHERE hash = ?1"};
};

SuppressionRows::SuppressionRows(Connection& connection) : sql_(std::make_unique<Statements>(connection)) {}
SuppressionRows::~SuppressionRows() = default;

Result<KeyedHash> SuppressionRows::hash(const Identifier& identifier) {
  if (key_.empty()) {
    auto key = sql_->key.row([](const Statement& row) {
      const auto bytes = row.blob(0);
      return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    });
    if (!key) return tl::unexpected(key.error());
    if (!*key) return failure(ErrorCode::storage, "profile store: the key of its hashes is missing");
    key_ = **std::move(key);
  }
  return keyed_hash(key_, identifier);
}

Result<bool> SuppressionRows::any() {
  auto found = sql_->any.row([](const Statement&) { return true; });
  if (!found) return tl::unexpected(found.error());
  return found->has_value();
}

Result<void> SuppressionRows::add(const Suppression& entry) {
  auto hashed = hash(*entry.identifier);
  if (!hashed) return tl::unexpected(hashed.error());
  return sql_->add.run(*hashed, entry.channel, entry.identifier->type, entry.identifier->value, entry.reason,
                       entry.source, entry.since_ms);
}

Result<std::uint64_t> SuppressionRows::remove(const Identifier& identifier,
                                              const std::optional<std::string>& channel) {
  auto hashed = hash(identifier);
  if (!hashed) return tl::unexpected(hashed.error());
  auto done = channel ? sql_->remove.run(*hashed, *channel) : sql_->remove_all.run(*hashed);
  if (!done) return tl::unexpected(done.error());
  return static_cast<std::uint64_t>(sql_->database.changes());
}

Result<std::vector<Suppression>> SuppressionRows::of(const Identifier& identifier) {
  auto hashed = hash(identifier);
  if (!hashed) return tl::unexpected(hashed.error());
  return sql_->of.rows(read_entry, *hashed);
}

Result<std::vector<Suppression>> SuppressionRows::list(std::int64_t after, std::size_t limit) {
  return sql_->list.rows(read_entry, after, limit);
}

Result<void> SuppressionRows::forget_name(const Identifier& identifier) {
  auto hashed = hash(identifier);
  if (!hashed) return tl::unexpected(hashed.error());
  return sql_->forget_name.run(*hashed);
}

}  // namespace desirepath::collector
