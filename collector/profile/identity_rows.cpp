#include "collector/profile/identity_rows.hpp"

#include "collector/profile/query.hpp"

namespace desirepath::collector {
namespace {

// ?1 … ?6 as a link's evidence.
constexpr const char* kWriteLink =
    "INSERT INTO link(one, other, proved_ms, proved_id, claimed_ms, claimed_id, verdict) VALUES(?1, ?2, "
    "CASE WHEN ?3 THEN ?4 END, CASE WHEN ?3 THEN ?5 END, CASE WHEN ?6 THEN ?7 END, CASE WHEN ?6 THEN ?8 END, "
    "?9) "
    "ON CONFLICT(one, other) DO UPDATE SET proved_ms = excluded.proved_ms, proved_id = excluded.proved_id, "
    "claimed_ms = excluded.claimed_ms, claimed_id = excluded.claimed_id";

constexpr const char* kLinkColumns = "one, other, proved_ms, proved_id, claimed_ms, claimed_id, verdict";

StoredLink read_link(const Statement& row) {
  StoredLink link;
  link.one = row.integer(0);
  link.other = row.integer(1);
  if (!row.is_null(2)) link.evidence.proved = LinkOrigin{row.integer(2), std::string(row.text(3))};
  if (!row.is_null(4)) link.evidence.claimed = LinkOrigin{row.integer(4), std::string(row.text(5))};
  link.verdict = static_cast<Verdict>(row.integer(6));
  return link;
}

NodeId read_id(const Statement& row) {
  return row.integer(0);
}

}  // namespace

struct IdentityRows::Statements {
  explicit Statements(Connection& database)
      : connection(database),
        link_one("SELECT " + std::string(kLinkColumns) + " FROM link WHERE one = ?1 AND other = ?2"),
        links_text("SELECT " + std::string(kLinkColumns) + " FROM link WHERE one = ?1 UNION ALL SELECT " +
                   std::string(kLinkColumns) + " FROM link WHERE other = ?1"),
        links_proved_text(
            "SELECT " + std::string(kLinkColumns) +
            " FROM link INDEXED BY link_proved_of_one WHERE one = ?1 AND proved_ms IS NOT NULL "
            "UNION ALL SELECT " +
            std::string(kLinkColumns) +
            " FROM link INDEXED BY link_proved_of_other WHERE other = ?1 AND proved_ms IS NOT NULL"),
        link(database, link_one),
        links(database, links_text),
        links_proved(database, links_proved_text) {}

  Connection& connection;
  std::string link_one;
  std::string links_text;
  std::string links_proved_text;
  // With `public_id = ?1`, without its plus, SQLite puts ?1 into the other term and finds no index for it.
  Query find_public{
      connection,
      "SELECT id FROM identifier WHERE substr(public_id, 1, 8) = substr(?1, 1, 8) AND +public_id = ?1"};
  Query insert{connection,
               "INSERT INTO identifier(id, public_id, type, value, profile) SELECT n, ?1, ?2, ?3, n "
               "FROM (SELECT ifnull(max(id), 0) + 1 AS n FROM identifier)"};
  Query set_proved{connection, "UPDATE identifier SET proved = 1 WHERE id = ?1"};
  Query node{
      connection,
      "SELECT type, value, proved, links_proved, links_all, profile, blocked FROM identifier WHERE id = ?1"};
  Query set_profile{connection, "UPDATE identifier SET profile = ?2 WHERE id = ?1"};
  Query set_blocked{connection, "UPDATE identifier SET blocked = ?2 WHERE id = ?1"};
  Query count_link{connection,
                   "UPDATE identifier SET links_all = links_all + ?3, links_proved = links_proved + ?4 "
                   "WHERE id IN (?1, ?2)"};
  Query members{connection, "SELECT id FROM identifier WHERE profile = ?1"};
  Query proved_member{connection, "SELECT id FROM identifier WHERE profile = ?1 AND proved = 1 LIMIT 1"};
  Query write_link{connection, kWriteLink};
  Query set_verdict{connection, "UPDATE link SET verdict = ?3 WHERE one = ?1 AND other = ?2"};
  Query link;
  Query links;
  Query links_proved;
  Query add_cut{
      connection,
      "INSERT OR IGNORE INTO cut(one, other, one_type, one_value, other_type, other_value, made_at_ms) "
      "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)"};
  Query cuts{connection,
             "SELECT one_type, one_value, other_type, other_value, made_at_ms FROM cut ORDER BY made_at_ms"};
  Query cuts_of{
      connection,
      "SELECT i.id FROM identifier me JOIN cut c ON c.one = me.public_id "
      "JOIN identifier i ON substr(i.public_id, 1, 8) = substr(c.other, 1, 8) AND i.public_id = c.other "
      "WHERE me.id = ?1 "
      "UNION SELECT i.id FROM identifier me JOIN cut c ON c.other = me.public_id "
      "JOIN identifier i ON substr(i.public_id, 1, 8) = substr(c.one, 1, 8) AND i.public_id = c.one "
      "WHERE me.id = ?1"};
};

IdentityRows::IdentityRows(Connection& connection) : sql_(std::make_unique<Statements>(connection)) {}
IdentityRows::~IdentityRows() = default;

Result<std::optional<NodeId>> IdentityRows::find(const Identifier& identifier) {
  return find_public(public_id(identifier));
}

Result<std::optional<NodeId>> IdentityRows::find_public(std::string_view id) {
  return sql_->find_public.row(read_id, id);
}

Result<NodeId> IdentityRows::insert(const Identifier& identifier) {
  auto done = sql_->insert.run(public_id(identifier), identifier.type, identifier.value);
  if (!done) return tl::unexpected(done.error());
  return sql_->connection.last_insert_rowid();
}

Result<void> IdentityRows::set_proved(NodeId id) {
  return sql_->set_proved.run(id);
}

Result<void> IdentityRows::write_link(const StoredLink& link, bool is_new, bool newly_proved) {
  const auto& [proved, claimed] = link.evidence;
  const LinkOrigin none;
  const LinkOrigin& by_proof = proved ? *proved : none;
  const LinkOrigin& by_claim = claimed ? *claimed : none;
  auto done = sql_->write_link.run(link.one, link.other, proved.has_value(), by_proof.timestamp_ms,
                                   by_proof.message_id, claimed.has_value(), by_claim.timestamp_ms,
                                   by_claim.message_id, static_cast<int>(link.verdict));
  if (!done || (!is_new && !newly_proved)) return done;
  return sql_->count_link.run(link.one, link.other, is_new ? 1 : 0, newly_proved ? 1 : 0);
}

Result<void> IdentityRows::add_cut(NodeId one, NodeId other, std::int64_t made_at_ms) {
  auto first = node(one);
  if (!first) return tl::unexpected(first.error());
  auto second = node(other);
  if (!second) return tl::unexpected(second.error());
  Identifier a = first->node.identifier;
  Identifier b = second->node.identifier;
  if (b < a) std::swap(a, b);
  return sql_->add_cut.run(public_id(a), public_id(b), a.type, a.value, b.type, b.value, made_at_ms);
}

Result<std::vector<NodeId>> IdentityRows::members(NodeId profile) {
  return sql_->members.rows(read_id, profile);
}

Result<bool> IdentityRows::is_proved(NodeId profile) {
  auto found = sql_->proved_member.row(read_id, profile);
  if (!found) return tl::unexpected(found.error());
  return found->has_value();
}

Result<std::vector<CutRecord>> IdentityRows::cuts() {
  return sql_->cuts.rows([](const Statement& row) {
    return CutRecord{{std::string(row.text(0)), std::string(row.text(1))},
                     {std::string(row.text(2)), std::string(row.text(3))},
                     row.integer(4)};
  });
}

Result<StoredNode> IdentityRows::node(NodeId id) {
  auto found = sql_->node.row(
      [](const Statement& row) {
        StoredNode stored;
        stored.node.identifier = {std::string(row.text(0)), std::string(row.text(1))};
        stored.node.proved = row.integer(2) != 0;
        stored.node.links_proved = static_cast<std::size_t>(row.integer(3));
        stored.node.links_all = static_cast<std::size_t>(row.integer(4));
        stored.profile = row.integer(5);
        stored.blocked = static_cast<Blocked>(row.integer(6));
        return stored;
      },
      id);
  if (!found) return tl::unexpected(found.error());
  if (!*found)
    return failure(ErrorCode::storage, "profile store: identifier " + std::to_string(id) + " is missing");
  return **std::move(found);
}

Result<std::optional<StoredLink>> IdentityRows::link(NodeId one, NodeId other) {
  return sql_->link.row(read_link, one, other);
}

Result<std::vector<StoredLink>> IdentityRows::links_of(NodeId id, bool proved_only) {
  return (proved_only ? sql_->links_proved : sql_->links).rows(read_link, id);
}

Result<std::vector<NodeId>> IdentityRows::cuts_of(NodeId id) {
  return sql_->cuts_of.rows(read_id, id);
}
Result<void> IdentityRows::set_profile(NodeId id, NodeId profile) {
  return sql_->set_profile.run(id, profile);
}
Result<void> IdentityRows::set_blocked(NodeId id, Blocked blocked) {
  return sql_->set_blocked.run(id, static_cast<int>(blocked));
}
Result<void> IdentityRows::set_verdict(NodeId one, NodeId other, Verdict verdict) {
  return sql_->set_verdict.run(one, other, static_cast<int>(verdict));
}

}  // namespace desirepath::collector
