// What the fold asks of a log, whatever keeps it. A further implementation adds a subject to each case.
#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "collector/contract/memory_log.hpp"
#include "collector/journal/journal.hpp"
#include "collector/support/temp_directory.hpp"

using namespace desirepath::collector;
using namespace desirepath::collector::tests;

namespace {

using namespace std::chrono_literals;

// A subject opens its log, and opens it again on what the last one left.
struct FileSubject {
  Journal& open(Cursor begin_after = {}) {
    log.reset();
    JournalOptions options;
    options.begin_after = begin_after;
    options.file_bytes_max = 1;  // a file each, as good as
    auto opened = Journal::open(directory.path() / "journal", options);
    REQUIRE(opened);
    log = *std::move(opened);
    return *log;
  }
  TempDirectory directory;
  std::unique_ptr<Journal> log;
};

struct MemorySubject {
  MemoryLog& open(Cursor begin_after = {}) {
    log = std::make_unique<MemoryLog>(disk, begin_after);
    return *log;
  }
  MemoryLog::Disk disk;
  std::unique_ptr<MemoryLog> log;
};

AcceptedBatch batch_of(int number, std::size_t events = 2) {
  AcceptedBatch batch{1'700'000'000'000 + number,
                      "key " + std::to_string(number),
                      number % 2 == 0 ? Trust::claimed : Trust::proved,
                      {}};
  for (std::size_t i = 0; i < events; ++i) {
    const std::string id = std::to_string(number) + "-" + std::to_string(i);
    batch.events.push_back({1'600'000'000'000 + number, id, R"({"type":"page","messageId":")" + id + "\"}"});
  }
  return batch;
}

// Everything, as a reader gets it: a read may end early, but only the last is empty.
template <typename Log>
std::vector<JournaledBatch> all_of(Log& log, Cursor after = {}) {
  std::vector<JournaledBatch> all;
  while (true) {
    auto read = log.read_after(after, 1'000);
    REQUIRE(read);
    if (read->empty()) return all;
    after = read->back().cursor;
    all.insert(all.end(), read->begin(), read->end());
  }
}

}  // namespace

TEST_CASE_TEMPLATE("log contract: what was appended is read in the order of its numbers", Subject,
                   FileSubject, MemorySubject) {
  Subject subject;
  auto& log = subject.open();
  CHECK(log.head() == Cursor{0});
  CHECK(all_of(log).empty());
  std::vector<Cursor> cursors;
  for (int i = 0; i < 7; ++i) {
    const auto cursor = log.append(batch_of(i));
    REQUIRE(cursor);
    if (!cursors.empty()) CHECK(*cursor > cursors.back());
    cursors.push_back(*cursor);
    CHECK(log.head() == *cursor);
  }
  const auto all = all_of(log);
  REQUIRE(all.size() == 7);
  for (int i = 0; i < 7; ++i) {
    const auto at = static_cast<std::size_t>(i);
    CHECK(all[at].cursor == cursors[at]);
    CHECK(all[at].batch == batch_of(i));
  }
  const auto some = log.read_after(cursors[2], 2);
  REQUIRE(some);
  REQUIRE_FALSE(some->empty());
  CHECK(some->size() <= 2);
  CHECK(some->front().cursor == cursors[3]);
  CHECK(all_of(log, cursors.back()).empty());
}

TEST_CASE_TEMPLATE("log contract: a batch without events is durable already", Subject, FileSubject,
                   MemorySubject) {
  Subject subject;
  auto& log = subject.open();
  const auto head = log.append(batch_of(1));
  const auto nothing = log.append(batch_of(2, 0));
  REQUIRE((head && nothing));
  CHECK(*nothing == *head);
  CHECK(all_of(log).size() == 1);
}

TEST_CASE_TEMPLATE("log contract: what was appended is there after a restart, and numbers go on", Subject,
                   FileSubject, MemorySubject) {
  Subject subject;
  const auto first = subject.open().append(batch_of(1));
  REQUIRE(first);
  auto& again = subject.open();
  CHECK(again.head() == *first);
  REQUIRE(all_of(again).size() == 1);
  CHECK(all_of(again).front().batch == batch_of(1));
  const auto second = again.append(batch_of(2));
  REQUIRE(second);
  CHECK(*second > *first);
  // Numbers begin above what is folded already, whatever the log has.
  auto& later = subject.open({1'000});
  CHECK(later.append(batch_of(3))->position > 1'000);
  CHECK(all_of(later).size() == 3);
}

TEST_CASE_TEMPLATE("log contract: what is released may go, nothing else, and no number comes twice", Subject,
                   FileSubject, MemorySubject) {
  Subject subject;
  std::vector<Cursor> cursors;
  for (int i = 0; i < 6; ++i) cursors.push_back(*subject.open().append(batch_of(i)));
  {
    auto& log = subject.open();
    REQUIRE(log.release(cursors[2]));
    const auto left = all_of(log, cursors[2]);
    REQUIRE(left.size() == 3);
    CHECK(left.front().batch == batch_of(3));
    REQUIRE(log.release(cursors[1]));
    REQUIRE(log.release(cursors.back()));
  }
  auto& log = subject.open(cursors.back());
  CHECK(all_of(log, cursors.back()).empty());
  CHECK(*log.append(batch_of(9)) > cursors.back());
}

TEST_CASE_TEMPLATE("log contract: appends of many threads are whole, and each thread's in its order", Subject,
                   FileSubject, MemorySubject) {
  constexpr int kThreads = 4;
  constexpr int kEach = 15;
  Subject subject;
  auto& log = subject.open();
  std::vector<std::vector<Cursor>> cursors(kThreads);
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < kEach; ++i) {
        const auto cursor = log.append(batch_of(thread * kEach + i));
        if (cursor) cursors[static_cast<std::size_t>(thread)].push_back(*cursor);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::set<std::uint64_t> numbers;
  const auto all = all_of(log);
  CHECK(all.size() == kThreads * kEach);
  for (int thread = 0; thread < kThreads; ++thread) {
    const auto& mine = cursors[static_cast<std::size_t>(thread)];
    REQUIRE(mine.size() == kEach);
    CHECK(std::is_sorted(mine.begin(), mine.end()));
    for (int i = 0; i < kEach; ++i) {
      const Cursor cursor = mine[static_cast<std::size_t>(i)];
      CHECK(numbers.insert(cursor.position).second);
      const auto read = log.read_after({cursor.position - 1}, 1);
      REQUIRE(read);
      CHECK(read->front().batch == batch_of(thread * kEach + i));
    }
  }
}

TEST_CASE_TEMPLATE("log contract: a waiting reader is woken", Subject, FileSubject, MemorySubject) {
  Subject subject;
  auto& log = subject.open();
  CHECK_FALSE(log.wait_beyond({0}, 0ms));
  std::thread writer([&] { (void)log.append(batch_of(1)); });
  CHECK(log.wait_beyond({0}, 30s));
  writer.join();
  CHECK(log.wait_beyond({0}, 0ms));
  CHECK_FALSE(log.wait_beyond(log.head(), 0ms));
}
