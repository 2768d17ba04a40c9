// The profile store's numbered migrations. Never edited once released; a change is a new one at the end.
#pragma once

#include <array>
#include <string_view>

namespace desirepath::collector {

inline constexpr std::string_view kProfileSchema1 = R"sql(
CREATE TABLE setting(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE identifier(
  id INTEGER PRIMARY KEY,
  public_id TEXT NOT NULL UNIQUE,      -- hash of type and value: the profile's id where this is its strongest
  type TEXT NOT NULL,
  value TEXT NOT NULL,
  profile INTEGER NOT NULL,            -- id of the profile's strongest identifier
  proved INTEGER NOT NULL DEFAULT 0,
  blocked INTEGER NOT NULL DEFAULT 0,
  links_proved INTEGER NOT NULL DEFAULT 0,
  links_all INTEGER NOT NULL DEFAULT 0);
CREATE INDEX identifier_of_profile ON identifier(profile);

CREATE TABLE link(
  one INTEGER NOT NULL, other INTEGER NOT NULL,   -- one < other
  proved_ms INTEGER, proved_id TEXT,              -- earliest proved event that said so
  claimed_ms INTEGER, claimed_id TEXT,
  verdict INTEGER NOT NULL,
  PRIMARY KEY(one, other)) WITHOUT ROWID;
CREATE INDEX link_of_other ON link(other);

CREATE TABLE cut(
  one TEXT NOT NULL, other TEXT NOT NULL,         -- public ids, which outlive a rebuilt identity
  one_type TEXT NOT NULL, one_value TEXT NOT NULL, other_type TEXT NOT NULL, other_value TEXT NOT NULL,
  made_at_ms INTEGER NOT NULL,
  PRIMARY KEY(one, other)) WITHOUT ROWID;
CREATE INDEX cut_of_other ON cut(other);

CREATE TABLE strand(
  id INTEGER PRIMARY KEY,
  stream INTEGER NOT NULL, owner INTEGER NOT NULL, trust INTEGER NOT NULL);
CREATE INDEX strand_of_stream ON strand(stream);
CREATE INDEX strand_of_owner ON strand(owner);

CREATE TABLE chunk(
  id INTEGER PRIMARY KEY,              -- strand and number
  first_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL, count INTEGER NOT NULL, bytes INTEGER NOT NULL,
  segments INTEGER NOT NULL,
  hashes BLOB NOT NULL, events BLOB NOT NULL, json BLOB NOT NULL);

CREATE TABLE differing_copy(
  id INTEGER PRIMARY KEY,
  stream INTEGER NOT NULL, message_id TEXT NOT NULL, received_at_ms INTEGER NOT NULL, json TEXT NOT NULL);

CREATE TABLE profile(
  id INTEGER PRIMARY KEY,              -- its strongest identifier
  programs TEXT NOT NULL,
  tip_ms INTEGER NOT NULL, tip_id TEXT NOT NULL, tip_stream TEXT NOT NULL,
  events INTEGER NOT NULL, first_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL,
  next_wake_ms INTEGER,
  states BLOB, traits BLOB);
CREATE INDEX profile_to_wake ON profile(next_wake_ms) WHERE next_wake_ms IS NOT NULL;

CREATE TABLE decision(
  id INTEGER PRIMARY KEY,
  profile INTEGER NOT NULL,
  decision_id TEXT NOT NULL, journey TEXT NOT NULL, trigger_id TEXT NOT NULL, channel TEXT NOT NULL,
  slot TEXT NOT NULL, message_id TEXT NOT NULL, reason TEXT NOT NULL,
  fired INTEGER NOT NULL, time_ms INTEGER NOT NULL, woken INTEGER NOT NULL, place INTEGER NOT NULL,
  revision INTEGER NOT NULL, retracted INTEGER NOT NULL);
CREATE INDEX decision_of_profile ON decision(profile);

CREATE TABLE journey(
  id INTEGER PRIMARY KEY,
  set_number INTEGER NOT NULL,
  since_ms INTEGER NOT NULL,
  name TEXT NOT NULL, version INTEGER NOT NULL, program_hash TEXT NOT NULL, file TEXT NOT NULL, source TEXT NOT NULL);
)sql";

// What a decision's trigger was for the person, by its experiment; empty outside of one.
inline constexpr std::string_view kProfileSchema2 =
    "ALTER TABLE decision ADD COLUMN treatment TEXT NOT NULL DEFAULT ''";

// Where in the store's history things last changed: before the blobs, so that a scan for what is new skips
// those.
inline constexpr std::string_view kProfileSchema3 = R"sql(
ALTER TABLE decision ADD COLUMN position INTEGER NOT NULL DEFAULT 0;

CREATE TABLE chunk_3(
  id INTEGER PRIMARY KEY,              -- strand and number
  first_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL, count INTEGER NOT NULL, bytes INTEGER NOT NULL,
  position INTEGER NOT NULL,
  hashes BLOB NOT NULL, events BLOB NOT NULL, json BLOB NOT NULL);
INSERT INTO chunk_3 SELECT id, first_ms, last_ms, count, bytes, 0, hashes, events, json FROM chunk;
DROP TABLE chunk;
ALTER TABLE chunk_3 RENAME TO chunk;

CREATE TABLE profile_3(
  id INTEGER PRIMARY KEY,              -- its strongest identifier
  programs TEXT NOT NULL,
  tip_ms INTEGER NOT NULL, tip_id TEXT NOT NULL, tip_stream TEXT NOT NULL,
  events INTEGER NOT NULL, first_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL,
  next_wake_ms INTEGER, position INTEGER NOT NULL,
  states BLOB, traits BLOB);
INSERT INTO profile_3 SELECT id, programs, tip_ms, tip_id, tip_stream, events, first_ms, last_ms, next_wake_ms, 0,
  states, traits FROM profile;
DROP TABLE profile;
ALTER TABLE profile_3 RENAME TO profile;
CREATE INDEX profile_to_wake ON profile(next_wake_ms) WHERE next_wake_ms IS NOT NULL;
)sql";

// The proved links of an identifier that a hundred thousand claims name are found without reading those.
inline constexpr std::string_view kProfileSchema4 = R"sql(
CREATE INDEX link_proved_of_one ON link(one) WHERE proved_ms IS NOT NULL;
CREATE INDEX link_proved_of_other ON link(other) WHERE proved_ms IS NOT NULL;
)sql";

// Profile ids that ceased to be one, for readers that have seen them. What they have become is looked up.
inline constexpr std::string_view kProfileSchema5 = R"sql(
CREATE TABLE profile_gone(public_id TEXT PRIMARY KEY, position INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX decision_in_time ON decision(profile, time_ms);
DROP INDEX decision_of_profile;
)sql";

// Whether a proved event has carried one of a profile's identifiers, and what it has consented to; all
// profiles are folded anew for it.
inline constexpr std::string_view kProfileSchema6 = R"sql(
ALTER TABLE profile ADD COLUMN proved INTEGER NOT NULL DEFAULT 0;
ALTER TABLE profile ADD COLUMN consents BLOB;
UPDATE profile SET programs = '', traits = NULL;
)sql";

// Events that were not accepted (rejected_rows.hpp).
inline constexpr std::string_view kProfileSchema7 = R"sql(
CREATE TABLE rejected(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  received_at_ms INTEGER NOT NULL, source TEXT NOT NULL, trust INTEGER NOT NULL,
  code TEXT NOT NULL, message TEXT NOT NULL, field TEXT NOT NULL, event TEXT NOT NULL, message_id TEXT NOT NULL,
  fate INTEGER, settled_at_ms INTEGER,  -- of a replay
  json BLOB NOT NULL);
)sql";

// What is to be sent, and what became of it; named by public ids, which outlive a rebuilt identity.
inline constexpr std::string_view kProfileSchema8 = R"sql(
CREATE TABLE outbox(
  id INTEGER PRIMARY KEY,
  decision_id TEXT NOT NULL,
  stream TEXT NOT NULL, owner TEXT NOT NULL, trust INTEGER NOT NULL,
  journey TEXT NOT NULL, trigger_id TEXT NOT NULL, channel TEXT NOT NULL, destination TEXT NOT NULL,
  purpose TEXT NOT NULL, promise TEXT NOT NULL, treatment TEXT NOT NULL, content TEXT NOT NULL,
  decided_ms INTEGER NOT NULL, not_before_ms INTEGER NOT NULL,
  state INTEGER NOT NULL, reason TEXT NOT NULL,
  attempts INTEGER NOT NULL, next_attempt_ms INTEGER NOT NULL, settled_ms INTEGER NOT NULL,
  UNIQUE(decision_id, stream));
CREATE INDEX outbox_to_send ON outbox(next_attempt_ms) WHERE state = 0;
CREATE INDEX outbox_of_stream ON outbox(stream);
CREATE INDEX outbox_of_owner ON outbox(owner);
)sql";

// Profiles that cannot be folded, because what is stored of them is damaged; retried when journeys are taken
// up.
inline constexpr std::string_view kProfileSchema9 =
    "CREATE TABLE damaged_profile(profile INTEGER PRIMARY KEY, since_ms INTEGER NOT NULL, why TEXT NOT NULL)";

// Who has been erased, by keyed hash (tombstones.hpp).
inline constexpr std::string_view kProfileSchema10 = R"sql(
CREATE TABLE tombstone_key(value BLOB NOT NULL);
CREATE TABLE tombstone(hash BLOB PRIMARY KEY, erased_at_ms INTEGER NOT NULL) WITHOUT ROWID;
)sql";

// Who must never be contacted (suppression_rows.hpp). Of somebody erased the keyed hash alone is left.
inline constexpr std::string_view kProfileSchema11 = R"sql(
CREATE TABLE suppression(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  hash BLOB NOT NULL, channel TEXT NOT NULL,      -- empty: every server channel
  type TEXT NOT NULL, value TEXT NOT NULL,        -- empty: erased
  reason TEXT NOT NULL, source TEXT NOT NULL, since_ms INTEGER NOT NULL,
  UNIQUE(hash, channel));
)sql";

// Public ids are found by their first eight digits, which are as good as random: half the index that every
// new identifier touches in a page of its own.
inline constexpr std::string_view kProfileSchema12 = R"sql(
CREATE TABLE identifier_12(
  id INTEGER PRIMARY KEY,
  public_id TEXT NOT NULL,             -- hash of type and value: the profile's id where this is its strongest
  type TEXT NOT NULL,
  value TEXT NOT NULL,
  profile INTEGER NOT NULL,            -- id of the profile's strongest identifier
  proved INTEGER NOT NULL DEFAULT 0,
  blocked INTEGER NOT NULL DEFAULT 0,
  links_proved INTEGER NOT NULL DEFAULT 0,
  links_all INTEGER NOT NULL DEFAULT 0);
INSERT INTO identifier_12 SELECT id, public_id, type, value, profile, proved, blocked, links_proved, links_all
  FROM identifier;
DROP TABLE identifier;
ALTER TABLE identifier_12 RENAME TO identifier;
CREATE INDEX identifier_of_profile ON identifier(profile);
CREATE INDEX identifier_of_public ON identifier(substr(public_id, 1, 8));
)sql";

// Where large profiles stood on the way (checkpoint_rows.hpp), and decisions that no longer stand, apart from
// those that do.
inline constexpr std::string_view kProfileSchema13 = R"sql(
CREATE TABLE checkpoint(
  profile INTEGER NOT NULL, time_ms INTEGER NOT NULL,
  events INTEGER NOT NULL, bytes INTEGER NOT NULL, sum INTEGER NOT NULL, record BLOB NOT NULL,
  PRIMARY KEY(profile, time_ms)) WITHOUT ROWID;
CREATE INDEX decision_retracted ON decision(profile) WHERE retracted = 1;
)sql";

// Profiles whose refold waits (waiting_rows.hpp).
inline constexpr std::string_view kProfileSchema14 = R"sql(
CREATE TABLE waiting_refold(profile INTEGER PRIMARY KEY, due_ms INTEGER NOT NULL, stream TEXT NOT NULL);
CREATE INDEX waiting_refold_due ON waiting_refold(due_ms);
)sql";

// Up to when decisions of a strand's profile stay as recorded, because events they followed from were let go.
inline constexpr std::string_view kProfileSchema15 = R"sql(
ALTER TABLE strand ADD COLUMN swept_ms INTEGER NOT NULL DEFAULT 0;
CREATE INDEX differing_of_stream ON differing_copy(stream);
)sql";

inline constexpr std::array kProfileMigrations = {
    kProfileSchema1,  kProfileSchema2,  kProfileSchema3,  kProfileSchema4,  kProfileSchema5,
    kProfileSchema6,  kProfileSchema7,  kProfileSchema8,  kProfileSchema9,  kProfileSchema10,
    kProfileSchema11, kProfileSchema12, kProfileSchema13, kProfileSchema14, kProfileSchema15};

}  // namespace desirepath::collector
