// A whole collector in this process: real files, real listeners on free ports.
#pragma once

#include <doctest/doctest.h>

#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "collector/http/collector_server.hpp"
#include "collector/http/raw_http.hpp"
#include "collector/support/temp_directory.hpp"

namespace desirepath::collector::tests {

constexpr const char* kTestJourney = R"journey({
  "schema": "desirepath/journey/1", "journey": "shop", "version": 1,
  "stages": [{ "id": "evaluate", "owner": "product", "intent": "choose with confidence",
               "enter": { "event": "Product Viewed" },
               "kpis": [{ "id": "k", "formula": "conversion(evaluate, evaluate, 14d)", "target": 0.1 }] }],
  "triggers": [{ "id": "guide", "event": "Product Viewed", "when": { "stage": "evaluate" },
                 "do": [{ "channel": "web", "slot": "hero" }] }] })journey";

class RunningCollector {
 public:
  explicit RunningCollector(ServerOptions options = {}, IngestOptions ingest_options = {},
                            const char* journey = kTestJourney, RefoldBounds refolds = {}) {
    keys_ = take(KeyRing::open(directory_.path() / "keys.db"));
    write = take(keys_->create(KeyKind::write, "web", 0));
    secret = take(keys_->create(KeyKind::secret, "server", 0));
    viewer = take(keys_->create(KeyKind::viewer, "console", 0));
    admin = take(keys_->create(KeyKind::admin, "operator", 0));
    journal_ = take(Journal::open(directory_.path() / "journal"));
    clocks_ = take(ClockBook::open(directory_.path() / "clocks.db"));
    profiles_ = take(ProfileStore::open(directory_.path() / "profiles.db"));
    IngestParts parts_of_ingest{ingest_options, clocks_.get(), nullptr};
    parts_of_ingest.is_erased = [this](const AcceptedEvent& event, std::int64_t received_at_ms) {
      return is_erased_event(profiles_->tombstones(), journeys, event, received_at_ms);
    };
    parts_of_ingest.is_denied = is_denied_event;
    ingest_ = std::make_unique<Ingest>(*journal_, now_ms, std::move(parts_of_ingest));
    const JourneySource source{"shop.journey.json", journey};
    const auto mistakes = journeys.load_sources(std::span(&source, 1));
    REQUIRE_MESSAGE(mistakes.empty(), mistakes.front());
    FoldOptions fold;
    fold.now_ms = now_ms;
    fold.refolds = refolds;
    fold_ = std::make_unique<Fold>(*journal_, *profiles_, journeys, std::move(fold));
    options.port = 0;
    options.ops_port = 0;
    const ServedParts parts{.data = directory_.path(),
                            .journal = *journal_,
                            .ingest = *ingest_,
                            .profiles = *profiles_,
                            .journeys = journeys,
                            .fold = *fold_,
                            .keys = *keys_,
                            .audit = audit_,
                            .log = log_,
                            .now_ms = now_ms};
    server_ = take(CollectorServer::start(parts, options));
    port = port_of(server_->url());
    ops_port = port_of(server_->ops_url());
  }
  ~RunningCollector() { server_.reset(); }

  KeyRing& keys() { return *keys_; }
  Journal& journal() { return *journal_; }
  Ingest& ingest() { return *ingest_; }
  Fold& fold() { return *fold_; }
  ProfileStore& profiles() { return *profiles_; }
  CollectorServer& server() { return *server_; }
  const std::filesystem::path& data() const { return directory_.path(); }
  std::string bearer(const std::string& key) const { return "Authorization: Bearer " + key + "\r\n"; }

  nlohmann::json send(const std::string& body) const {
    const RawAnswer answer = post(port, "/v1/batch?k=" + write, body);
    REQUIRE_MESSAGE(answer.status == 200, answer.body);
    return nlohmann::json::parse(answer.body);
  }

  std::string write, secret, viewer, admin;
  int port = 0;
  int ops_port = 0;
  Journeys journeys;

 private:
  static std::int64_t now_ms() { return 1'790'000'000'000; }
  static int port_of(const std::string& url) { return std::stoi(url.substr(url.rfind(':') + 1)); }
  template <typename T>
  static T take(Result<T> result) {
    REQUIRE_MESSAGE(result.has_value(), result.error().message);
    return std::move(*result);
  }

  struct CloseFile {
    void operator()(std::FILE* file) const noexcept { std::fclose(file); }
  };
  TempDirectory directory_;
  std::unique_ptr<std::FILE, CloseFile> log_file_{std::fopen((directory_.path() / "log").c_str(), "w")};
  OperatorLog log_{log_file_.get(), {LogLevel::debug}};
  AuditLog audit_{directory_.path() / "audit.jsonl", now_ms};
  std::unique_ptr<KeyRing> keys_;
  std::unique_ptr<Journal> journal_;
  std::unique_ptr<ClockBook> clocks_;
  std::unique_ptr<Ingest> ingest_;
  std::unique_ptr<ProfileStore> profiles_;
  std::unique_ptr<Fold> fold_;
  std::unique_ptr<CollectorServer> server_;
};

// The code of an error answer; fails where the answer has not the shape of one.
inline std::string code_of(const RawAnswer& answer) {
  CHECK(answer.header("Content-Type") == "application/json");
  const auto body = nlohmann::json::parse(answer.body, nullptr, false);
  REQUIRE_MESSAGE(body.is_object(), answer.head << answer.body);
  CHECK_FALSE(body.at("error").at("message").get<std::string>().empty());
  return body.at("error").at("code");
}

}  // namespace desirepath::collector::tests
