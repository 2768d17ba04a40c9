#include "collector/import/batch_poster.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <utility>

#include "collector/http/httplib_config.hpp"
#include "collector/import/limits.hpp"

namespace desirepath::collector {
namespace {

constexpr int kTimeoutSeconds = 30;
constexpr int kRetryAfterDefaultSeconds = 1;
constexpr int kRetryAfterMaxSeconds = 60;

int retry_after_seconds(const httplib::Response& response) {
  const std::string text = response.get_header_value("Retry-After");
  int seconds = kRetryAfterDefaultSeconds;
  std::from_chars(text.data(), text.data() + text.size(), seconds);
  return std::clamp(seconds, 0, kRetryAfterMaxSeconds);
}

// The collector's own words about a refusal, or the status.
std::string refusal(const httplib::Response& response) {
  const auto body = nlohmann::json::parse(response.body, nullptr, false);
  if (body.is_object() && body.contains("error") && body["error"].is_object()) {
    return std::to_string(response.status) + ": " + body["error"].value("message", std::string("refused"));
  }
  return "answered " + std::to_string(response.status);
}

Result<PostAnswer> read_answer(const std::string& text) {
  const auto body = nlohmann::json::parse(text, nullptr, false);
  if (!body.is_object() || !body.value("success", false)) {
    return failure(ErrorCode::io, "the answer is not that of a collector");
  }
  PostAnswer answer;
  answer.accepted = body.value("accepted", std::uint64_t{0});
  answer.duplicates = body.value("duplicates", std::uint64_t{0});
  if (!body.contains("rejected")) return answer;
  for (const auto& rejected : body["rejected"]) {
    answer.rejected.push_back(
        {rejected.value("index", std::size_t{0}), rejected.value("message", std::string())});
  }
  return answer;
}

}  // namespace

struct BatchPoster::Connection {
  Connection(const std::string& origin, std::string prefix, std::string secret,
             std::function<void(int)> pause)
      : client(origin),
        path(std::move(prefix) + "/v1/batch?import=1"),
        key(std::move(secret)),
        wait(std::move(pause)) {}

  httplib::Client client;
  std::string path;
  std::string key;
  std::function<void(int)> wait;
};

BatchPoster::BatchPoster(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}
BatchPoster::~BatchPoster() = default;

Result<std::unique_ptr<BatchPoster>> BatchPoster::open(const std::string& url, std::string key,
                                                       std::function<void(int)> wait) {
  const std::size_t host = url.find("://");
  if (host == std::string::npos) {
    return failure(ErrorCode::bad_request, "--url needs a scheme, e.g. http://127.0.0.1:8080", "--url");
  }
  const std::size_t slash = url.find('/', host + 3);
  std::string prefix = slash == std::string::npos ? std::string() : url.substr(slash);
  while (prefix.ends_with('/')) prefix.pop_back();
  auto connection =
      std::make_unique<Connection>(url.substr(0, slash), std::move(prefix), std::move(key), std::move(wait));
  if (!connection->client.is_valid()) {
    return failure(ErrorCode::bad_request, "--url " + url + " is not a URL this build can reach", "--url");
  }
  connection->client.set_keep_alive(true);
  connection->client.set_connection_timeout(kTimeoutSeconds);
  connection->client.set_read_timeout(kTimeoutSeconds);
  connection->client.set_write_timeout(kTimeoutSeconds);
  connection->client.set_default_headers({{"Authorization", "Bearer " + connection->key}});
  return std::unique_ptr<BatchPoster>(new BatchPoster(std::move(connection)));
}

Result<PostAnswer> BatchPoster::post(const std::vector<AcceptedEvent>& events) {
  std::string body = "{\"batch\":[";
  for (const AcceptedEvent& event : events) {
    if (body.back() != '[') body += ',';
    body += event.json;
  }
  body += "]}";
  std::string last;
  for (int attempt = 0; attempt < kImportPostTries; ++attempt) {
    const auto response = connection_->client.Post(connection_->path, body, "application/json");
    if (!response) {
      last = "cannot be reached: " + httplib::to_string(response.error());
      connection_->wait(kRetryAfterDefaultSeconds);
    } else if (response->status == 200) {
      return read_answer(response->body);
    } else if (response->status == 429 || response->status == 503) {
      last = refusal(*response);
      connection_->wait(retry_after_seconds(*response));
    } else {
      return failure(ErrorCode::io, "the collector refused: " + refusal(*response));
    }
  }
  return failure(ErrorCode::io,
                 "the collector " + last + " (tried " + std::to_string(kImportPostTries) + " times)");
}

}  // namespace desirepath::collector
