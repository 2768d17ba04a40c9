#include <sqlite3.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

#include "collector/store/connection.hpp"
#include "collector/store/limits.hpp"

namespace desirepath::collector {
namespace {

constexpr std::size_t kFileHeaderBytes = 100;  // before the first page's own

std::size_t number_at(const std::uint8_t* bytes) {
  return static_cast<std::size_t>(bytes[0]) << 8 | bytes[1];
}

struct Gap {
  std::size_t begin = 0;
  std::size_t end = 0;
};

// What lies between a B-tree page's list of cells and the cells, where it is not zero; empty for other pages.
Gap gap_of(const std::uint8_t* page, std::size_t page_bytes, bool is_first) {
  const std::size_t head = is_first ? kFileHeaderBytes : 0;
  const std::uint8_t kind = page[head];
  const bool is_inner = kind == 2 || kind == 5;
  const bool is_leaf = kind == 10 || kind == 13;
  if (!is_inner && !is_leaf) return {};
  const std::size_t begin = head + (is_inner ? 12 : 8) + 2 * number_at(page + head + 3);
  const std::size_t said = number_at(page + head + 5);
  const std::size_t end = said == 0 ? 65'536 : said;
  if (begin > end || end > page_bytes) return {};
  const bool is_clean = std::all_of(page + begin, page + end, [](std::uint8_t byte) { return byte == 0; });
  return is_clean ? Gap{} : Gap{begin, end};
}

}  // namespace

Result<std::int64_t> Connection::overwrite_gaps(std::int64_t from) {
  auto page_bytes = integer("PRAGMA page_size");
  if (!page_bytes) return tl::make_unexpected(page_bytes.error());
  auto pages = integer("PRAGMA page_count");
  if (!pages) return tl::make_unexpected(pages.error());
  if (*pages >= kGapPagesMax) return 0;
  // A page that was kept in memory would bring back what was between its cells.
  if (auto done = execute("PRAGMA shrink_memory"); !done) return tl::make_unexpected(done.error());
  sqlite3_file* file = nullptr;
  if (sqlite3_file_control(database_.get(), "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK) {
    return fail("file pointer");
  }
  const auto size = static_cast<std::size_t>(*page_bytes);
  std::vector<std::uint8_t> bytes(size * kGapPagesRead);
  const std::vector<std::uint8_t> zeros(size);
  const std::int64_t until = std::min(*pages, from + kGapPagesPerCall);
  bool is_overwritten = false;
  for (std::int64_t at = from; at < until; at += kGapPagesRead) {
    const auto count = static_cast<std::size_t>(std::min(kGapPagesRead, until - at));
    const sqlite3_int64 offset = at * *page_bytes;
    if (file->pMethods->xRead(file, bytes.data(), static_cast<int>(count * size), offset) != SQLITE_OK) {
      return failure(ErrorCode::storage, file_.string() + " cannot be read through");
    }
    for (std::size_t i = 0; i < count; ++i) {
      const Gap gap = gap_of(bytes.data() + i * size, size, at == 0 && i == 0);
      if (gap.begin == gap.end) continue;
      const auto place = offset + static_cast<sqlite3_int64>(i * size + gap.begin);
      const auto length = static_cast<int>(gap.end - gap.begin);
      if (file->pMethods->xWrite(file, zeros.data(), length, place) != SQLITE_OK) {
        return failure(ErrorCode::storage, file_.string() + ": what was deleted could not be overwritten");
      }
      is_overwritten = true;
    }
  }
  if (is_overwritten && file->pMethods->xSync(file, SQLITE_SYNC_NORMAL) != SQLITE_OK) {
    return failure(ErrorCode::storage, file_.string() + ": what was deleted could not be overwritten");
  }
  return until < *pages ? until : 0;
}

}  // namespace desirepath::collector
