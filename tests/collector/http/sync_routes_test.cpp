#include "collector/http/running_collector.hpp"
#include "collector/support/identity_tokens.hpp"
#include "sdk/engine/engine_host.hpp"

using namespace desirepath;
using namespace desirepath::collector;
using namespace desirepath::collector::tests;
using nlohmann::json;

namespace {

constexpr std::int64_t kNow = 1'790'000'000;  // the running collector's clock, in seconds

constexpr const char* kSyncJourney = R"journey({
  "schema": "desirepath/journey/1", "journey": "sync", "version": 1,
  "identifiers": { "email": { "trait": "email", "normalize": "lowercase", "unique": true } },
  "behaviors": { "viewed": { "event": "Product Viewed" } },
  "purposes": { "cart_reminder": { "cap": { "times": 1, "per": "7d" } } },
  "triggers": [
    { "id": "mail", "event": "Cart Updated", "purpose": "cart_reminder", "do": [ { "channel": "email" } ] },
    { "id": "banner", "event": "page", "when": { "behaviors.viewed": { "$gte": 2 } }, "purpose": "cart_reminder",
      "do": [ { "channel": "web", "slot": "hero", "content": { "headline": "Your cart" } } ] } ] })journey";

struct Site {
  Site() { secret = collector.keys().create(KeyKind::identity, "shop", 0).value(); }

  std::string token(const std::string& user, const std::string& key = "") const {
    return sign_token(R"({"sub":")" + user + R"(","exp":)" + std::to_string(kNow + 600) + "}",
                      key.empty() ? secret : key);
  }
  json sync(json body) const {
    body["writeKey"] = collector.write;
    const RawAnswer answer = post(collector.port, "/v1/sync", body.dump());
    REQUIRE_MESSAGE(answer.status == 200, answer.body);
    return json::parse(answer.body);
  }
  void send(const std::string& event) const {
    const RawAnswer answer = post(collector.port, "/v1/track", event, collector.bearer(collector.secret));
    REQUIRE_MESSAGE(answer.status == 200, answer.body);
  }
  json profile(const std::string& who, const std::string& cursor) const {
    const RawAnswer answer = get(collector.port, "/v1/profiles/" + who + "?wait=10000&after=" + cursor,
                                 collector.bearer(collector.secret));
    REQUIRE_MESSAGE(answer.status == 200, answer.body);
    return json::parse(answer.body);
  }

  RunningCollector collector{{}, {}, kSyncJourney};
  std::string secret;
};

json event(const std::string& name, int seq, const std::string& user = "ann") {
  json made{{"type", name == "page" ? "page" : "track"},
            {"messageId", "m" + std::to_string(seq)},
            {"timestamp", kNow * 1'000 - 100'000 + seq * 1'000},
            {"context", {{"seq", seq}}}};
  if (name != "page") made["event"] = name;
  if (!user.empty()) made["userId"] = user;
  return made;
}

// A device that has taken over the state: what its web triggers fire for a page at `time_ms`.
std::size_t banners(const Site& site, const std::string& state, std::int64_t time_ms) {
  const Journey& journey = site.collector.journeys.current()->journeys.front();
  const LoadedProgram loaded = Program::load(journey.device_program);
  EngineHost device(loaded.program);
  const std::string bytes = base64_bytes(state);
  REQUIRE(device.adopt({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()}));
  std::size_t fired = 0;
  const Event page{time_ms, EventType::page, "device-page", "page", device.facts()};
  const StepError error = device.step(page, Effects::recorded, [&](const Outcome& outcome) {
    for (const Decision& decision : outcome.decisions()) fired += decision.fired ? 1 : 0;
  });
  REQUIRE(error == StepError::none);
  return fired;
}

}  // namespace

TEST_CASE("sync: an e-mail sent this morning suppresses the banner this afternoon") {
  Site site;
  const json batch = {event("Product Viewed", 1), event("Product Viewed", 2)};
  const json before =
      site.sync({{"anonymousId", "d1"}, {"batch", batch}, {"token", site.token("ann")}, {"seq", 0}});
  CHECK(before.at("accepted") == 2);
  CHECK(before.at("identity").at("proved") == true);
  CHECK(before.at("seq") == 2);
  CHECK(before.at("program") == site.collector.journeys.current()->journeys.front().device_hash);
  CHECK(banners(site, before.at("state"), kNow * 1'000) == 1);
  site.send(
      R"({"userId":"ann","event":"Decision Delivered","properties":{"decisionId":"c~mail~email","trigger":"mail",)"
      R"("purpose":"cart_reminder","channel":"email"}})");
  const json after = site.sync({{"anonymousId", "d1"},
                                {"batch", json::array({event("Other", 3)})},
                                {"token", site.token("ann")},
                                {"seq", 2}});
  CHECK(after.at("seq") == 3);
  CHECK(banners(site, after.at("state"), kNow * 1'000 + 1'000) == 0);
}

TEST_CASE("sync: a write key alone gets acknowledgement and cursor, never state") {
  Site site;
  const json answer = site.sync({{"batch", {event("Product Viewed", 1)}}});
  CHECK(answer.at("accepted") == 1);
  for (const char* name : {"state", "profile", "consent", "asks", "seq"}) CHECK_FALSE(answer.contains(name));
  const RawAnswer nobody = post(site.collector.port, "/v1/sync", R"({"batch":[]})");
  CHECK(nobody.status == 401);
}

TEST_CASE("sync: a token that does not hold reads nothing, and its events stay claimed") {
  Site site;
  const std::string old_key = site.secret;
  std::int64_t id = 0;
  const std::vector<KeyInfo> keys = site.collector.keys().list().value();
  for (const KeyInfo& key : keys) {
    if (key.kind == KeyKind::identity) id = key.id;
  }
  site.secret = site.collector.keys().create(KeyKind::identity, "shop", 0).value();
  const json body{{"batch", {event("Product Viewed", 1)}}};
  json rotating = body;
  rotating["token"] = site.token("ann", old_key);
  CHECK(site.sync(rotating).at("identity").at("proved") == true);
  REQUIRE(site.collector.keys().revoke(id));
  for (const std::string& token :
       {site.token("ann", old_key), site.token("ann", "guessed"), std::string("x.y.z")}) {
    json refused = {{"batch", {event("Product Viewed", 2)}}, {"token", token}};
    const json answer = site.sync(refused);
    CHECK(answer.at("identity").at("proved") == false);
    CHECK_FALSE(answer.contains("state"));
    CHECK_FALSE(answer.contains("profile"));
  }
  json renewed = body;
  renewed["token"] = site.token("ann");
  CHECK(site.sync(renewed).at("identity").at("proved") == true);
}

TEST_CASE("sync: a token speaks for its own user alone") {
  Site site;
  json identify = event("page", 1);
  identify["type"] = "identify";
  identify["traits"] = {{"email", "victim@example.com"}};
  const json answer =
      site.sync({{"anonymousId", "d1"},
                 {"batch", {identify, event("Product Viewed", 2, "victim"), event("Product Viewed", 3)}},
                 {"token", site.token("ann")}});
  const std::string cursor = answer.at("cursor");
  const RawAnswer events =
      get(site.collector.port, "/v1/profiles/userId:ann/events?wait=10000&after=" + cursor,
          site.collector.bearer(site.collector.secret));
  const json read = json::parse(events.body);
  for (const json& one : read.at("events")) {
    const bool is_plain = one.at("event").at("messageId") == "m3";
    CHECK(one.at("trust") == (is_plain ? "proved" : "claimed"));
  }
  const json victim = site.profile("userId:victim", cursor);
  CHECK(victim.at("profile") != answer.at("profile"));
  for (const json& identifier : victim.at("identifiers")) CHECK(identifier.at("trust") == "claimed");
  // The victim's own e-mail address, proved elsewhere, is not reached by ann.
  CHECK(site.profile("userId:ann", cursor).at("identifiers").dump().find("victim\"") == std::string::npos);
}

TEST_CASE("sync: what a device has still to tell is not in its state, whoever was signed in") {
  Site site;
  // Number 2 is on its way; 3 came from another user of the device; 4 is ann's again.
  const json answer = site.sync(
      {{"anonymousId", "d1"},
       {"batch", {event("Product Viewed", 1), event("Product Viewed", 3, "bob"), event("Product Viewed", 4)}},
       {"token", site.token("ann")}});
  CHECK(answer.at("seq") == 1);
  CHECK(banners(site, answer.at("state"), kNow * 1'000) == 0);
  const json whole = site.sync({{"anonymousId", "d1"},
                                {"batch", json::array({event("Other", 2)})},
                                {"token", site.token("ann")},
                                {"seq", 1}});
  CHECK(whole.at("seq") == 4);
  CHECK(banners(site, whole.at("state"), kNow * 1'000) == 1);
}

TEST_CASE("sync: without a batch it only reads; mistakes are told") {
  Site site;
  const json nobody = site.sync({{"token", site.token("stranger")}});
  CHECK(nobody.at("profile").is_null());
  CHECK(nobody.at("state").is_null());
  const std::string key = "?k=" + site.collector.write;
  CHECK(post(site.collector.port, "/v1/sync" + key, R"({"seq":-1})").status == 400);
  CHECK(post(site.collector.port, "/v1/sync" + key, "[]").status == 400);
  CHECK(code_of(post(site.collector.port, "/v1/sync" + key,
                     R"({"journey":"none","token":")" + site.token("ann") + "\"}")) == "not_found");
  const RawAnswer poisoned =
      post(site.collector.port, "/v1/sync" + key,
           R"({"batch":[{"type":"track","event":"A","anonymousId":"d"},{"type":"nonsense"}]})");
  const json answer = json::parse(poisoned.body);
  CHECK(answer.at("accepted") == 1);
  CHECK(answer.at("rejected").at(0).at("index") == 1);
}
