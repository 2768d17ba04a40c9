#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <fstream>
#include <set>
#include <thread>

#include "collector/journal/journal.hpp"
#include "collector/support/temp_directory.hpp"

using namespace desirepath::collector;
using desirepath::collector::tests::TempDirectory;
using namespace std::chrono_literals;

namespace {

AcceptedBatch batch_of(const std::string& id, std::size_t json_bytes = 20) {
  AcceptedBatch batch;
  batch.received_at_ms = 1'000;
  batch.source = "web";
  batch.events.push_back({999, id, std::string(json_bytes, 'j')});
  return batch;
}

std::unique_ptr<Journal> open_or_fail(const std::filesystem::path& directory, JournalOptions options = {}) {
  auto journal = Journal::open(directory, options);
  REQUIRE_MESSAGE(journal.has_value(), journal.error().message);
  return std::move(*journal);
}

Cursor append_or_fail(Journal& journal, const std::string& id, std::size_t json_bytes = 20) {
  const auto cursor = journal.append(batch_of(id, json_bytes));
  REQUIRE_MESSAGE(cursor.has_value(), cursor.error().message);
  return *cursor;
}

std::vector<std::string> ids_after(Journal& journal, Cursor after) {
  std::vector<std::string> ids;
  for (;;) {
    const auto batches = journal.read_after(after, 7);
    REQUIRE_MESSAGE(batches.has_value(), batches.error().message);
    if (batches->empty()) return ids;
    for (const auto& [cursor, batch] : *batches) {
      CHECK(cursor > after);
      after = cursor;
      for (const auto& event : batch.events) ids.push_back(event.message_id);
    }
  }
}

std::size_t files_in(const std::filesystem::path& directory) {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    if (entry.path().extension() == ".db") ++count;
  }
  return count;
}

// The writer closes a file after it has answered.
void release_until_gone(Journal& journal, Cursor cursor, const std::filesystem::path& directory) {
  const auto deadline = std::chrono::steady_clock::now() + 20s;
  do {
    REQUIRE(journal.release(cursor));
    std::this_thread::yield();
  } while (files_in(directory) > 0 && std::chrono::steady_clock::now() < deadline);
  CHECK(files_in(directory) == 0);
}

}  // namespace

TEST_CASE("journal: batches come back in order, also after reopening") {
  const TempDirectory directory;
  std::vector<std::string> expected;
  Cursor last{};
  for (int round = 0; round < 3; ++round) {
    auto journal = open_or_fail(directory.path());
    CHECK(journal->head() == last);
    for (int i = 0; i < 20; ++i) {
      expected.push_back(std::to_string(round) + "-" + std::to_string(i));
      const Cursor cursor = append_or_fail(*journal, expected.back());
      CHECK(cursor > last);
      last = cursor;
      CHECK(journal->head() == last);
    }
    CHECK(ids_after(*journal, Cursor{}) == expected);
  }
  auto journal = open_or_fail(directory.path());
  CHECK(ids_after(*journal, Cursor{}) == expected);
  CHECK(journal->read_after(last, 10)->empty());
  CHECK(journal->append(AcceptedBatch{}).value() == last);
}

TEST_CASE("journal: concurrent appends are all kept, each with its own number") {
  const TempDirectory directory;
  JournalOptions options;
  options.file_bytes_max = 4'000;
  auto journal = open_or_fail(directory.path(), options);
  constexpr int kThreads = 8;
  constexpr int kEach = 50;
  std::vector<std::vector<std::uint64_t>> cursors(kThreads);
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) {
        const auto cursor = journal->append(batch_of(std::to_string(t) + "-" + std::to_string(i)));
        if (cursor) cursors[t].push_back(cursor->position);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  std::set<std::uint64_t> numbers;
  for (const auto& own : cursors) {
    CHECK(std::is_sorted(own.begin(), own.end()));
    numbers.insert(own.begin(), own.end());
  }
  CHECK(numbers.size() == kThreads * kEach);
  const auto ids = ids_after(*journal, Cursor{});
  CHECK(ids.size() == kThreads * kEach);
  CHECK(std::set<std::string>(ids.begin(), ids.end()).size() == kThreads * kEach);
  CHECK(files_in(directory.path()) > 1);
}

TEST_CASE("journal: files are rotated by size and go when released, and no number is used again") {
  const TempDirectory directory;
  JournalOptions options;
  options.file_bytes_max = 1'000;
  Cursor last{};
  {
    auto journal = open_or_fail(directory.path(), options);
    std::vector<Cursor> cursors;
    for (int i = 0; i < 10; ++i) cursors.push_back(append_or_fail(*journal, std::to_string(i), 1'100));
    CHECK(files_in(directory.path()) == 10);
    REQUIRE(journal->release(cursors[3]));
    CHECK(files_in(directory.path()) == 6);
    CHECK(ids_after(*journal, cursors[3]) == std::vector<std::string>{"4", "5", "6", "7", "8", "9"});
    release_until_gone(*journal, cursors[9], directory.path());
    CHECK(journal->head() == cursors[9]);
    last = cursors[9];
  }
  auto journal = open_or_fail(directory.path(), options);
  CHECK(append_or_fail(*journal, "next") > last);
}

TEST_CASE(
    "journal: no number is used again when every journal file is lost, or the whole directory with a hint") {
  const TempDirectory directory;
  const auto path = directory.path() / "journal";
  Cursor last{};
  {
    auto journal = open_or_fail(path);
    for (int i = 0; i < 5; ++i) last = append_or_fail(*journal, std::to_string(i));
  }
  for (const auto& entry : std::filesystem::directory_iterator(path)) {
    if (entry.path().extension() == ".db") std::filesystem::remove(entry.path());
  }
  {
    auto journal = open_or_fail(path);
    const Cursor next = append_or_fail(*journal, "next");
    CHECK(next > last);
    last = next;
  }
  std::filesystem::remove_all(path);
  JournalOptions options;
  options.begin_after = last;
  CHECK(append_or_fail(*open_or_fail(path, options), "again") > last);
}

TEST_CASE("journal: a file is closed by its age, so that release can take it") {
  const TempDirectory directory;
  JournalOptions options;
  options.file_age_max = 1ms;
  auto journal = open_or_fail(directory.path(), options);
  const Cursor first = append_or_fail(*journal, "a");
  release_until_gone(*journal, first, directory.path());
}

TEST_CASE("journal: waiting wakes on the next durable batch and gives up at the timeout") {
  const TempDirectory directory;
  auto journal = open_or_fail(directory.path());
  CHECK_FALSE(journal->wait_beyond(Cursor{}, 1ms));
  std::atomic<bool> woken{false};
  std::thread waiter([&] { woken = journal->wait_beyond(Cursor{}, 60s); });
  append_or_fail(*journal, "a");
  waiter.join();
  CHECK(woken);
  CHECK(journal->wait_beyond(Cursor{}, 0ms));
}

TEST_CASE("journal: a damaged batch is an error that names it") {
  const TempDirectory directory;
  Cursor last{};
  {
    auto journal = open_or_fail(directory.path());
    append_or_fail(*journal, "a");
    last = append_or_fail(*journal, "marker", 200);
  }
  for (const auto& entry : std::filesystem::directory_iterator(directory.path())) {
    if (entry.path().extension() != ".db") continue;
    std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
    std::string content((std::istreambuf_iterator<char>(file)), {});
    const std::size_t at = content.find("marker");
    REQUIRE(at != std::string::npos);
    file.clear();
    file.seekp(static_cast<std::streamoff>(at));
    file.put('M');
  }
  auto journal = open_or_fail(directory.path());
  CHECK(journal->read_after(Cursor{}, 1)->size() == 1);
  const auto read = journal->read_after(Cursor{1}, 10);
  REQUIRE_FALSE(read);
  CHECK(read.error().code == ErrorCode::storage);
  CHECK(read.error().message.find("batch " + std::to_string(last.position)) != std::string::npos);
}

TEST_CASE("journal: when it cannot be written, append says so, and it heals by itself") {
  const TempDirectory directory;
  const auto path = directory.path() / "journal";
  JournalOptions options;
  options.file_bytes_max = 1;  // every commit begins a new file
  auto journal = open_or_fail(path, options);
  const Cursor first = append_or_fail(*journal, "kept");
  const auto aside = directory.path() / "aside";
  std::filesystem::rename(path, aside);
  const auto refused = journal->append(batch_of("refused"));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::not_durable);
  CHECK(journal->head() == first);
  std::filesystem::rename(aside, path);
  const auto deadline = std::chrono::steady_clock::now() + 20s;
  auto again = journal->append(batch_of("again"));
  while (!again && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::yield();
    again = journal->append(batch_of("again"));
  }
  REQUIRE(again);
  CHECK(*again > first);
  CHECK(ids_after(*journal, Cursor{}) == std::vector<std::string>{"kept", "again"});
}

TEST_CASE("journal: what a killed process had acknowledged is there") {
  const TempDirectory directory;
  std::vector<std::string> acknowledged;
  Cursor last{};
  for (int round = 0; round < 5; ++round) {
    int pipe_ends[2];
    REQUIRE(::pipe(pipe_ends) == 0);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      ::close(pipe_ends[0]);
      JournalOptions options;
      options.file_bytes_max = 2'000;
      auto journal = Journal::open(directory.path(), options);
      for (int i = 0; journal && i < 100'000; ++i) {
        const auto cursor = (*journal)->append(batch_of(std::to_string(round) + "-" + std::to_string(i)));
        if (!cursor || ::write(pipe_ends[1], &cursor->position, 8) != 8) break;
      }
      ::_exit(0);
    }
    ::close(pipe_ends[1]);
    std::uint64_t position = 0;
    int count = 0;
    while (::read(pipe_ends[0], &position, 8) == 8) {
      CHECK(position > last.position);
      last = Cursor{position};
      acknowledged.push_back(std::to_string(round) + "-" + std::to_string(count));
      if (++count == 10 + round * 7) ::kill(child, SIGKILL);
    }
    ::close(pipe_ends[0]);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(WIFSIGNALED(status));
  }
  auto journal = open_or_fail(directory.path());
  CHECK(journal->head() >= last);
  const auto ids = ids_after(*journal, Cursor{});
  const std::set<std::string> kept(ids.begin(), ids.end());
  CHECK(kept.size() == ids.size());
  for (const auto& id : acknowledged) CHECK_MESSAGE(kept.contains(id), id);
  CHECK(append_or_fail(*journal, "after") > last);
}
