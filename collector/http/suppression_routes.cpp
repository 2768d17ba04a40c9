#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "collector/fold/fold.hpp"
#include "collector/fold/journeys.hpp"
#include "collector/http/answers.hpp"
#include "collector/http/read_after.hpp"
#include "collector/http/routes.hpp"
#include "collector/http/url_text.hpp"
#include "collector/ingest/tagged_json.hpp"
#include "collector/profile/profile_store.hpp"
#include "collector/reading/suppression_document.hpp"

namespace desirepath::collector {
namespace {

constexpr std::string_view kPrefix = "/v1/suppressions/";
constexpr std::string_view kMemberNames[] = {"identifier", "channel", "reason"};

Result<SuppressionWish> read_wish(const Value& said, const std::string& source) {
  if (!said.is_object()) {
    return failure(ErrorCode::bad_request,
                   "say {\"identifier\":\"TYPE:VALUE\",\"channel\":…,\"reason\":…}, or a list of them as "
                   "'suppressions'");
  }
  ValueCursor members(said);
  while (members.next()) {
    const std::string name(members.key());
    if (std::find(std::begin(kMemberNames), std::end(kMemberNames), name) == std::end(kMemberNames)) {
      return failure(ErrorCode::bad_request, "unknown member '" + name + "'", name);
    }
    const bool is_absent = members.value().is_null() && name == "channel";
    if (!members.value().is_string() && !is_absent) {
      return failure(ErrorCode::bad_request, "'" + name + "' must be a text", name);
    }
  }
  SuppressionWish wish;
  wish.source = source;
  const auto text = [&](const char* name) { return std::string(said.at(name).text()); };
  if (said.at("identifier").is_string()) wish.identifier = text("identifier");
  if (said.at("channel").is_string()) wish.channel = text("channel");
  if (said.at("reason").is_string()) wish.reason = text("reason");
  return wish;
}

// All are good, or none is entered.
Result<std::vector<Suppression>> read_entries(Api& api, const HttpRequest& request) {
  const auto tagged = tagged_from_json(request.body);
  if (!tagged) return tl::make_unexpected(tagged.error());
  const Value body = Value::read(tagged->data());
  const auto set = api.journeys.current();
  const std::string source = "key:" + std::to_string(request.key->id);
  std::vector<Suppression> entries;
  const auto add = [&](const Value& said) -> Result<void> {
    auto wish = read_wish(said, source);
    if (!wish) return tl::make_unexpected(wish.error());
    auto entry = make_suppression(set->identifiers, *wish, api.now_ms());
    if (!entry) return tl::make_unexpected(entry.error());
    entries.push_back(*std::move(entry));
    return {};
  };
  const Value list = body.is_object() ? body.at("suppressions") : Value{};
  if (!list.is_array()) {
    if (auto added = add(body); !added) return tl::make_unexpected(added.error());
    return entries;
  }
  if (list.count() > kSuppressionsMax) {
    return failure(ErrorCode::bad_request, "at most " + std::to_string(kSuppressionsMax) + " at a time",
                   "suppressions");
  }
  ValueCursor items(list);
  for (std::size_t i = 0; items.next(); ++i) {
    if (auto added = add(items.value()); !added) {
      Error error = added.error();
      error.message = "suppressions[" + std::to_string(i) + "]: " + error.message;
      return tl::make_unexpected(std::move(error));
    }
  }
  return entries;
}

Result<Identifier> identifier_of(Api& api, const HttpRequest& request) {
  const auto text = percent_decode(request.path.substr(kPrefix.size()));
  if (!text) return failure(ErrorCode::bad_request, "the path is not percent-encoded as it should be");
  return contact_of(api.journeys.current()->identifiers, *text);
}

Result<std::string> read_list(Api& api, const HttpRequest& request) {
  const auto row = query_number(request, "row", 0);
  if (!row) return tl::make_unexpected(row.error());
  const auto limit = query_number(request, "limit", kSuppressionsDefault);
  if (!limit) return tl::make_unexpected(limit.error());
  return suppression_list_json(api.profiles,
                               static_cast<std::int64_t>(std::min<std::uint64_t>(*row, INT64_MAX)),
                               std::min<std::uint64_t>(*limit, kSuppressionsMax));
}

Result<std::string> read_one(Api& api, const HttpRequest& request) {
  const auto identifier = identifier_of(api, request);
  if (!identifier) return tl::make_unexpected(identifier.error());
  auto snapshot = api.profiles.snapshot();
  if (!snapshot) return tl::make_unexpected(snapshot.error());
  const auto entries = (*snapshot)->suppressions().of(*identifier);
  if (!entries) return tl::make_unexpected(entries.error());
  return "{\"suppressions\":" + suppressions_json(*entries) + '}';
}

Result<std::string> remove(Api& api, const HttpRequest& request) {
  const auto identifier = identifier_of(api, request);
  if (!identifier) return tl::make_unexpected(identifier.error());
  const auto removed = api.fold.unsuppress(*identifier, query_value(request.query, "channel"));
  if (!removed) return tl::make_unexpected(removed.error());
  return "{\"removed\":" + std::to_string(*removed) + '}';
}

HttpAnswer answer_of(const Result<std::string>& body) {
  return body ? json_answer(*body) : error_answer(body.error());
}

}  // namespace

HttpAnswer answer_suppressions(Api& api, const HttpRequest& request) {
  return answer_of(read_list(api, request));
}

HttpAnswer answer_suppression(Api& api, const HttpRequest& request) {
  return answer_of(read_one(api, request));
}

HttpAnswer answer_suppress(Api& api, const HttpRequest& request) {
  const auto entries = read_entries(api, request);
  if (!entries) return error_answer(entries.error());
  if (auto done = api.fold.suppress(*entries); !done) return error_answer(done.error());
  return json_answer("{\"suppressed\":" + std::to_string(entries->size()) + '}');
}

HttpAnswer answer_unsuppress(Api& api, const HttpRequest& request) {
  return answer_of(remove(api, request));
}

}  // namespace desirepath::collector
