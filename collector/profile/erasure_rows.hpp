// Taking a person out of the profile store, table by table. In the fold's transaction.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "collector/error.hpp"
#include "collector/identity/identity_graph.hpp"
#include "collector/profile/strand_rows.hpp"
#include "collector/profile/tombstones.hpp"

namespace desirepath::collector {

class Connection;

// What an erasure took out.
struct ErasedPerson {
  std::uint64_t events = 0;
  std::uint64_t identifiers = 0;
};

class ErasureRows {
 public:
  explicit ErasureRows(Connection& connection);
  ~ErasureRows();

  // The directory's key, made when first asked for by one who may write; then all tombstones.
  Result<void> load(Tombstones& tombstones);
  Result<void> add_tombstone(const KeyedHash& hash, std::int64_t erased_at_ms);

  // A strand with all its events; how many those were.
  Result<std::uint64_t> remove_strand(StrandId strand);
  Result<void> remove_differing(NodeId stream);
  Result<void> remove_decisions(NodeId profile);  // and what is noted of its damage
  // A link, which its two ends then have no more.
  Result<void> remove_link(const StoredLink& link);
  // An identifier; its cuts, which an operator made, with it or not.
  Result<void> remove_identifier(NodeId node, bool with_cuts);

  // Where something was deleted whose traces in the files have not all been overwritten yet: the journal
  // position up to which there may be some.
  Result<std::optional<std::uint64_t>> unfinished();
  Result<void> set_unfinished(std::uint64_t position);
  Result<void> set_finished();
  // Outside of a transaction: moves the write-ahead log into the file, empties it, and overwrites what is
  // left between the rows of the next part of the file (Connection::overwrite_gaps). False while a reader
  // holds an old snapshot, and while there are parts left.
  Result<bool> empty_log();

 private:
  struct Statements;
  std::unique_ptr<Statements> sql_;
};

}  // namespace desirepath::collector
