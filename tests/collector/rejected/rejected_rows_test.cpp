#include "collector/profile/rejected_rows.hpp"

#include <doctest/doctest.h>

#include "collector/profile/profile_store.hpp"
#include "collector/support/temp_directory.hpp"

using namespace desirepath::collector;
using desirepath::collector::tests::TempDirectory;

namespace {

constexpr std::int64_t kNow = 1'790'000'000'000;

struct Room {
  TempDirectory directory;
  std::unique_ptr<ProfileStore> store = std::move(*ProfileStore::open(directory.path() / "profiles.db"));
  RejectedRows& rows = store->writer().rejected();

  void keep(const std::string& code, const std::string& json, std::int64_t received_at_ms = kNow) {
    AcceptedBatch batch{received_at_ms, "web", Trust::claimed, {}};
    batch.rejected.push_back({code, "why", "field", "E", "m", json});
    REQUIRE(rows.keep(batch));
  }
  std::vector<std::int64_t> ids(const RejectedFilter& filter = {}) {
    std::vector<std::int64_t> found;
    const auto records = rows.list(filter, 0, 100);
    REQUIRE(records);
    for (const RejectedRecord& record : *records) found.push_back(record.id);
    return found;
  }
  void mark(std::int64_t id, RejectedMark::Fate fate) {
    AcceptedBatch batch{kNow, "", Trust::claimed, {}};
    batch.marks.push_back({id, fate, kNow + 5});
    REQUIRE(rows.keep(batch));
  }
};

RejectedFilter filter(const std::string& code, const std::string& event = "", const std::string& source = "",
                      std::int64_t since_ms = 0) {
  return {code, event, source, since_ms, false};
}
RejectedFilter everything() {
  return {"", "", "", 0, true};
}

using Ids = std::vector<std::int64_t>;

}  // namespace

TEST_CASE("rejected rows: kept as they came, listed by what is asked") {
  Room room;
  const std::string bytes("{\0\xff", 3);
  room.keep("not_json", bytes);
  room.keep("plan", "{}", kNow + 1);
  CHECK(room.rows.find(1).value()->event == RejectedEvent{"not_json", "why", "field", "E", "m", bytes});
  CHECK(room.ids() == Ids{1, 2});
  CHECK(room.ids(filter("plan")) == Ids{2});
  CHECK(room.ids(filter("", "F")).empty());
  CHECK(room.ids(filter("", "", "web", kNow + 1)) == Ids{2});
  CHECK(room.rows.list({}, 1, 1).value().front().id == 2);
  CHECK_FALSE(room.rows.find(3).value().has_value());
}

TEST_CASE("rejected rows: a mark is set once, discarding removes") {
  Room room;
  room.keep("plan", "{}");
  room.keep("plan", "{}");
  room.mark(1, RejectedMark::Fate::replayed);
  CHECK(room.ids() == Ids{2});
  CHECK(room.ids(everything()) == Ids{1, 2});
  CHECK(room.rows.find(1).value()->mark->at_ms == kNow + 5);
  room.mark(2, RejectedMark::Fate::discarded);
  room.mark(77, RejectedMark::Fate::replayed);
  CHECK(room.ids(everything()) == Ids{1});
  // A number is never used again, or a replay could mean another event.
  room.keep("plan", "{}");
  CHECK(room.ids() == Ids{3});
}

TEST_CASE("rejected rows: number, bytes and age are bounded, the oldest go") {
  Room room;
  for (int i = 0; i < 6; ++i) room.keep("plan", std::string(100, 'x'), kNow + i);
  const auto prune = [&](RejectedBounds bounds) { return room.rows.prune(bounds, kNow + 10).value(); };
  using std::chrono::milliseconds;
  CHECK(prune({6, 600, milliseconds(10)}) == 0);
  CHECK(room.ids().size() == 6);
  CHECK(prune({5, 600, milliseconds(10)}) == 1);
  CHECK(room.ids() == Ids{2, 3, 4, 5, 6});
  CHECK(prune({6, 499, milliseconds(10)}) == 1);
  CHECK(room.ids() == Ids{3, 4, 5, 6});
  CHECK(prune({6, 600, milliseconds(7)}) == 1);
  CHECK(room.ids() == Ids{4, 5, 6});
  // What was replayed is no loss.
  room.mark(4, RejectedMark::Fate::replayed);
  CHECK(prune({2, 600, milliseconds(10)}) == 0);
  CHECK(room.ids(everything()) == Ids{5, 6});
  CHECK(prune({0, 0, milliseconds(0)}) == 2);
}

TEST_CASE("rejected rows: a person's are erased by what names them") {
  Room room;
  room.keep("plan", R"({"userId":"ann"})");
  room.keep("plan", R"({"userId":"bob"})");
  CHECK(room.rows.erase_naming("an").value() == 0);
  CHECK(room.rows.erase_naming("Ann").value() == 1);
  CHECK(room.ids() == Ids{2});
}
