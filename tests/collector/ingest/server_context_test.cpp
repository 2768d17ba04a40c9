#include "collector/ingest/server_context.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "collector/ingest/ingest.hpp"
#include "collector/support/geo_bytes.hpp"
#include "collector/support/temp_directory.hpp"

using namespace desirepath::collector;
using namespace desirepath::collector::tests;
using nlohmann::json;

namespace {

constexpr const char* kChrome =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36";
constexpr const char* kSafari =
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.2 "
    "Mobile/15E148 Safari/604.1";
constexpr const char* kCrawler = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)";

// One event through a whole ingest into the journal.
class Door {
 public:
  explicit Door(IngestOptions options = {}) : options_(options) {
    std::ofstream(directory_.path() / "geo.mmdb", std::ios::binary) << GeoBytes::berlin();
    auto geo = GeoFile::open(directory_.path() / "geo.mmdb");
    REQUIRE_MESSAGE(geo.has_value(), geo.error().message);
    geo_ = std::move(*geo);
    journal_ = std::move(*Journal::open(directory_.path() / "journal"));
    ingest_ = std::make_unique<Ingest>(
        *journal_, [] { return std::int64_t{1'790'000'000'000}; },
        IngestParts{options_, nullptr, geo_.get()});
  }
  IngestAnswer send(const json& context, const char* address, const char* agent,
                    Trust trust = Trust::claimed) {
    json event = {{"type", "page"}, {"anonymousId", "a"}};
    if (!context.is_discarded()) event["context"] = context;
    const auto envelope = Ingest::read(json{{"batch", {event}}}.dump(), "", std::nullopt);
    REQUIRE(envelope);
    return ingest_->accept(*envelope, Sender{"web", trust, address, agent}).value();
  }
  // The stored event's context.
  json context(const json& context, const char* address, const char* agent, Trust trust = Trust::claimed) {
    const Cursor before = journal_->head();
    REQUIRE(send(context, address, agent, trust).accepted == 1);
    const json event = json::parse(journal_->read_after(before, 1).value()[0].batch.events[0].json);
    return event.value("context", json());
  }

 private:
  TempDirectory directory_;
  IngestOptions options_;
  std::unique_ptr<GeoFile> geo_;
  std::unique_ptr<Journal> journal_;
  std::unique_ptr<Ingest> ingest_;
};

const json kNone(json::value_t::discarded);

}  // namespace

TEST_CASE("server context: the request of a claimed event speaks of its sender") {
  Door door;
  CHECK(door.context(kNone, "203.0.113.77", kChrome) ==
        json::parse(R"({"server":{"ip":"203.0.113.0","country":"DE","region":"BE","city":"Berlin",)"
                    R"("timezone":"Europe/Berlin","browser":"Chrome","browserVersion":120,"os":"Linux",)"
                    R"("device":"desktop"}})"));
  CHECK(door.context({{"locale", "de"}}, "198.51.100.7", "") ==
        json{{"locale", "de"}, {"server", {{"ip", "198.51.100.0"}}}});
  // What the page says of its browser counts before the header.
  CHECK(door.context({{"userAgent", kSafari}}, "::1", kChrome).at("server").at("browser") == "Safari");
  const json hints = json::parse(R"({"platform":"Windows","brands":[{"brand":"Opera","version":"106"}]})");
  const json told =
      door.context({{"userAgent", kChrome}, {"userAgentData", hints}}, "::1", kSafari).at("server");
  CHECK(told.at("browser") == "Opera");
  CHECK(told.at("os") == "Windows");
}

TEST_CASE("server context: nobody else writes it") {
  Door door;
  const json forged = {{"server", {{"country", "XX"}, {"bot", true}}}, {"ip", "198.51.100.77"}};
  const json kept = door.context(forged, "203.0.113.77", kChrome);
  CHECK(kept.at("server").at("country") == "DE");
  CHECK_FALSE(kept.at("server").contains("bot"));
  CHECK(kept.at("ip") == "198.51.100.0");
  CHECK(door.context(forged, "203.0.113.77", kChrome, Trust::proved).at("server") ==
        json{{"ip", "198.51.100.0"}});
}

TEST_CASE("server context: a server speaks of others, not of itself") {
  Door door;
  CHECK(door.context(kNone, "203.0.113.77", "python-requests/2.31.0", Trust::proved).is_null());
  const json told = door.context({{"ip", "203.0.113.77"}, {"userAgent", kSafari}}, "198.51.100.1",
                                 "axios/1.6.0", Trust::proved);
  CHECK(told.at("ip") == "203.0.113.0");
  CHECK(told.at("server").at("city") == "Berlin");
  CHECK(told.at("server").at("device") == "mobile");
  CHECK_FALSE(told.at("server").contains("bot"));
}

TEST_CASE("server context: addresses by the operator's policy, the sender's own too") {
  Door full(IngestOptions{.address = AddressPolicy::full});
  const json whole = full.context({{"ip", "203.0.113.78"}}, "203.0.113.77", "");
  CHECK(whole.at("ip") == "203.0.113.78");
  CHECK(whole.at("server").at("ip") == "203.0.113.77");
  Door none(IngestOptions{.address = AddressPolicy::none});
  const json nothing = none.context({{"ip", "203.0.113.78"}}, "203.0.113.77", "");
  CHECK_FALSE(nothing.contains("ip"));
  CHECK_FALSE(nothing.at("server").contains("ip"));
  CHECK(nothing.at("server").at("country") == "DE");
  Door anonymous;
  CHECK_FALSE(anonymous.context({{"ip", "ann@example.com"}}, "::1", "").contains("ip"));
}

TEST_CASE("server context: machines are flagged, or dropped under a word of their own") {
  Door flags;
  CHECK(flags.context(kNone, "::1", kCrawler).at("server").at("bot") == true);
  Door drops(IngestOptions{.drop_bots = true});
  const IngestAnswer answer = drops.send(kNone, "::1", kCrawler);
  CHECK(answer.accepted == 0);
  REQUIRE(answer.rejected.size() == 1);
  CHECK(answer.rejected[0].code == RejectCode::bot);
  CHECK(drops.send(kNone, "::1", kChrome).accepted == 1);
}

TEST_CASE("geo file: what is none is an error that names it") {
  const TempDirectory directory;
  CHECK(GeoFile::open(directory.path() / "absent.mmdb").error().code == ErrorCode::bad_configuration);
  std::ofstream(directory.path() / "text.mmdb") << "not a database";
  const auto text = GeoFile::open(directory.path() / "text.mmdb");
  REQUIRE_FALSE(text.has_value());
  CHECK(text.error().message.find("text.mmdb") != std::string::npos);
}
