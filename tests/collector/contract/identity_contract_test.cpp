// What identity asks of the part of a profile store that keeps its graph. A further implementation adds a
// subject to each case.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "collector/fold/identity_fold.hpp"
#include "collector/identity/memory_identity.hpp"
#include "collector/profile/profile_store.hpp"
#include "collector/support/temp_directory.hpp"

using namespace desirepath::collector;
using namespace desirepath::collector::tests;
using desirepath::collector::testing::MemoryIdentity;

namespace {

// A subject keeps sightings and cuts, resolves what they touch, and shows its store.
struct StoredSubject {
  StoredSubject()
      : store(open(directory.path() / "profiles.db")), fold(rules, store->writer().identities()) {}
  static std::unique_ptr<ProfileStore> open(const std::filesystem::path& file) {
    auto opened = ProfileStore::open(file);
    REQUIRE(opened);
    return *std::move(opened);
  }
  NodeId id_of(const Identifier& identifier) { return *fold.node(identifier, Trust::claimed); }
  void sight(const Sighting& sighting) {
    const NodeId one = *fold.node(sighting.one, sighting.trust);
    const NodeId other = *fold.node(sighting.other, sighting.trust);
    REQUIRE(fold.sight(one, other, sighting.trust, sighting.origin));
  }
  void cut(const Identifier& one, const Identifier& other) { REQUIRE(fold.cut(id_of(one), id_of(other), 1)); }
  void resolve() { REQUIRE(fold.resolve()); }
  IdentityStore& graph() { return store->writer().identities(); }

  IdentifierRules rules;
  TempDirectory directory;
  std::unique_ptr<ProfileStore> store;
  IdentityFold fold;
};

struct MemorySubject {
  NodeId id_of(const Identifier& identifier) { return memory.id_of(identifier); }
  void sight(const Sighting& sighting) { touch(memory.add(sighting)); }
  void cut(const Identifier& one, const Identifier& other) { touch(memory.cut(one, other)); }
  void resolve() { REQUIRE(resolve_touched(rules, memory, std::exchange(touched, {}))); }
  IdentityStore& graph() { return memory; }

  void touch(const std::vector<Touched>& more) { touched.insert(touched.end(), more.begin(), more.end()); }
  IdentifierRules rules;
  MemoryIdentity memory;
  std::vector<Touched> touched;
};

const Identifier kUser{"userId", "u"};
const Identifier kDevice{"anonymousId", "d"};
const Identifier kSecond{"anonymousId", "e"};

Sighting seen(const Identifier& one, const Identifier& other, Trust trust, std::int64_t time_ms) {
  return {one, other, trust, {time_ms, "m" + std::to_string(time_ms)}};
}

}  // namespace

TEST_CASE_TEMPLATE("identity contract: a new identifier is a profile of its own", Subject, StoredSubject,
                   MemorySubject) {
  Subject subject;
  const NodeId id = subject.id_of(kUser);
  CHECK(subject.id_of(kUser) == id);
  CHECK(subject.id_of(kDevice) != id);
  const auto node = subject.graph().node(id);
  REQUIRE(node);
  CHECK(node->node.identifier == kUser);
  CHECK_FALSE(node->node.proved);
  CHECK(node->node.links_all == 0);
  CHECK(node->profile == id);
  CHECK(node->blocked == Blocked::nothing);
  CHECK(subject.graph().links_of(id, false)->empty());
  CHECK(subject.graph().cuts_of(id)->empty());
  CHECK_FALSE(subject.graph().link(id, subject.id_of(kDevice))->has_value());
}

TEST_CASE_TEMPLATE("identity contract: a link is its evidence, counted once, found from both ends", Subject,
                   StoredSubject, MemorySubject) {
  Subject subject;
  subject.sight(seen(kUser, kDevice, Trust::claimed, 20));
  subject.sight(seen(kDevice, kUser, Trust::claimed, 10));
  subject.sight(seen(kDevice, kUser, Trust::claimed, 30));
  subject.sight(seen(kUser, kSecond, Trust::proved, 40));
  subject.resolve();
  const NodeId user = subject.id_of(kUser);
  const NodeId device = subject.id_of(kDevice);
  const NodeId second = subject.id_of(kSecond);
  const auto link = subject.graph().link(std::min(user, device), std::max(user, device));
  REQUIRE((link && *link));
  CHECK((*link)->one == std::min(user, device));
  CHECK((*link)->evidence.claimed == LinkOrigin{10, "m10"});
  CHECK_FALSE((*link)->evidence.proved);
  CHECK(subject.graph().node(user)->node.links_all == 2);
  CHECK(subject.graph().node(user)->node.links_proved == 1);
  CHECK(subject.graph().node(second)->node.proved);
  CHECK_FALSE(subject.graph().node(device)->node.proved);
  CHECK(subject.graph().links_of(user, false)->size() == 2);
  REQUIRE(subject.graph().links_of(user, true)->size() == 1);
  CHECK(subject.graph().links_of(second, true)->front().evidence.proved == LinkOrigin{40, "m40"});
  CHECK(subject.graph().links_of(device, true)->empty());
}

TEST_CASE_TEMPLATE("identity contract: what is set stays set", Subject, StoredSubject, MemorySubject) {
  Subject subject;
  subject.sight(seen(kUser, kDevice, Trust::claimed, 1));
  subject.resolve();
  subject.cut(kUser, kSecond);
  const NodeId user = subject.id_of(kUser);
  const NodeId device = subject.id_of(kDevice);
  IdentityStore& graph = subject.graph();
  CHECK(*graph.cuts_of(user) == std::vector<NodeId>{subject.id_of(kSecond)});
  CHECK(*graph.cuts_of(subject.id_of(kSecond)) == std::vector<NodeId>{user});
  REQUIRE(graph.set_profile(device, device));
  REQUIRE(graph.set_blocked(device, Blocked::claims));
  REQUIRE(graph.set_verdict(std::min(user, device), std::max(user, device), Verdict::cut));
  CHECK(graph.node(device)->profile == device);
  CHECK(graph.node(device)->blocked == Blocked::claims);
  CHECK((*graph.link(std::min(user, device), std::max(user, device)))->verdict == Verdict::cut);
}

TEST_CASE("identity contract: any two stores come to the same profiles from the same word") {
  for (std::uint32_t seed = 1; seed <= 10; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    StoredSubject stored;
    MemorySubject memory;
    std::vector<Identifier> all;
    for (int i = 0; i < 4; ++i) {
      all.push_back({"userId", std::to_string(i)});
      all.push_back({"anonymousId", std::to_string(i)});
    }
    for (int step = 0; step < 40; ++step) {
      const Identifier& one = all[random() % all.size()];
      const Identifier& other = all[random() % all.size()];
      if (one == other) continue;
      const bool is_cut = random() % 12 == 0;
      const Sighting sighting = seen(one, other, random() % 3 == 0 ? Trust::proved : Trust::claimed,
                                     static_cast<std::int64_t>(random() % 50));
      const auto tell = [&](auto& subject) {
        if (is_cut) {
          subject.cut(one, other);
        } else {
          subject.sight(sighting);
        }
        subject.resolve();
      };
      tell(stored);
      tell(memory);
      for (const Identifier& each : all) {
        const auto name_of = [&](auto& subject) {
          const auto node = subject.graph().node(subject.id_of(each));
          return subject.graph().node(node->profile)->node.identifier;
        };
        REQUIRE(name_of(stored) == name_of(memory));
      }
    }
  }
}
