#include "collector/profile/store_check.hpp"

#include "collector/ingest/timestamp.hpp"
#include "collector/profile/event_chunk.hpp"
#include "collector/profile/profile_schema.hpp"
#include "collector/profile/profile_store.hpp"
#include "collector/store/connection.hpp"

namespace desirepath::collector {
namespace {

constexpr std::size_t kMistakesMax = 20;

Result<void> check_chunk(const Statement& row) {
  auto events = ChunkCodec::decode(row.blob(2));
  if (!events) return tl::make_unexpected(std::move(events.error()));
  if (static_cast<std::int64_t>(events->size()) != row.integer(1)) {
    return failure(ErrorCode::storage, "it does not have as many events as it says");
  }
  return ChunkCodec::add_json(row.blob(3), *events);
}

Result<void> check_chunks(Connection& connection, CheckedStore& into) {
  auto select = connection.prepare("SELECT id, count, events, json FROM chunk ORDER BY id");
  if (!select) return tl::make_unexpected(std::move(select.error()));
  for (;;) {
    const auto row = select->step();
    if (!row) return tl::make_unexpected(row.error());
    if (!*row || into.mistakes.size() >= kMistakesMax) return {};
    ++into.chunks;
    if (const auto read = check_chunk(*select); !read) {
      into.mistakes.push_back("chunk " + std::to_string(select->integer(0)) + ": " + read.error().message);
    }
  }
}

Result<std::vector<std::string>> set_aside_in(ProfileSession& session) {
  const auto damaged = session.profiles().damaged();
  if (!damaged) return tl::make_unexpected(damaged.error());
  std::vector<std::string> lines;
  for (const ProfileRows::Damaged& each : *damaged) {
    if (lines.size() >= kMistakesMax) break;
    const auto node = session.identities().node(each.id);
    if (!node) return tl::make_unexpected(node.error());
    lines.push_back(public_id(node->node.identifier) + ", since " + format_timestamp(each.since_ms) + ": " +
                    each.why);
  }
  return lines;
}

}  // namespace

Result<CheckedStore> check_profile_store(const std::filesystem::path& file) {
  CheckedStore checked;
  auto connection = Connection::open(file, {.access = Access::read_only});
  if (!connection) return tl::make_unexpected(std::move(connection.error()));
  const auto schema = connection->integer("PRAGMA user_version");
  if (!schema) return tl::make_unexpected(schema.error());
  checked.schema = *schema;
  if (*schema != static_cast<std::int64_t>(kProfileMigrations.size())) {
    const bool is_newer = *schema > static_cast<std::int64_t>(kProfileMigrations.size());
    checked.mistakes.push_back("schema " + std::to_string(*schema) + " is " +
                               (is_newer
                                    ? "of a newer desirepath; use that version"
                                    : "of an older desirepath; `desirepath serve` brings it up to date"));
    return checked;
  }
  auto session = ProfileSession::open(file, false);
  if (!session) return tl::make_unexpected(std::move(session.error()));
  const auto cursor = (*session)->cursor();
  if (!cursor) return tl::make_unexpected(cursor.error());
  checked.cursor = *cursor;
  auto set_aside = set_aside_in(**session);
  if (!set_aside) return tl::make_unexpected(std::move(set_aside.error()));
  checked.set_aside = *std::move(set_aside);
  if (auto done = check_chunks(*connection, checked); !done)
    return tl::make_unexpected(std::move(done.error()));
  return checked;
}

}  // namespace desirepath::collector
