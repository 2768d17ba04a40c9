// What the collector itself knows of an event's circumstance: `context.server`, beside what the sender says.
//
//   {"ip","country","region","city","timezone","browser","browserVersion","os","device","bot","plan"}
//
// Each where it is known. The engine's device programs never read it (DESIGN 6). Of a claimed sender it is
// the request's address and user agent that count, of a proved one, a server that speaks of others, only what
// the event's own context says of them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "collector/ingest/address_policy.hpp"
#include "collector/ingest/geo_file.hpp"
#include "collector/ingest/raw_json.hpp"
#include "collector/ingest/user_agent.hpp"
#include "collector/journal/accepted_batch.hpp"

namespace desirepath::collector {

// Who sent a request; views live as long as it is answered.
struct Sender {
  std::string source;  // what its key names
  Trust trust = Trust::claimed;
  std::string_view address{};
  std::string_view user_agent{};
};

// Of one request; remembers what it has worked out, because the events of a batch mostly agree. One thread.
class ServerContext {
 public:
  // `geo` may be null and outlives this.
  ServerContext(const Sender& sender, AddressPolicy policy, const GeoFile* geo);

  struct Added {
    std::string server;             // raw JSON members of "server", without braces; may be empty
    std::optional<std::string> ip;  // raw JSON for the event's own context.ip, where that is to be replaced;
                                    // empty: it is to go
    bool bot = false;
  };
  // `context`: the members of the event's own context.
  Added of(const RawObject& context);

 private:
  const UserAgent& agent_of(std::string_view text);
  std::string address_members(std::string_view address) const;

  const bool is_server_;
  const AddressPolicy policy_;
  const GeoFile* geo_;
  const std::string_view user_agent_;
  const std::string address_members_;  // of the request
  std::string last_text_;
  UserAgent last_agent_;
};

}  // namespace desirepath::collector
