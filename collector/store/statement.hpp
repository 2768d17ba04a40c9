// One compiled SQL statement with its bindings. Move-only; one thread at a time.
//
//   auto insert = connection.prepare("INSERT INTO t(a, b) VALUES(?1, ?2)");
//   insert->bind(1, id).bind(2, text).run();
//   auto select = connection.prepare("SELECT b FROM t WHERE a = ?1");
//   select->bind(1, id);
//   for (;;) { auto row = select->step(); if (!row) …error…; if (!*row) break; use(select->text(0)); }
//   select->reset();
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "collector/error.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace desirepath::collector {

class Statement {
 public:
  // Bindings count from 1. Bytes are not copied: they must stay until the statement has run or is reset. A
  // binding that fails is told by the next step().
  template <std::integral T>
  Statement& bind(int index, T value) {
    return bind_integer(index, static_cast<std::int64_t>(value));
  }
  Statement& bind(int index, double value);
  Statement& bind(int index, std::string_view text);
  Statement& bind(int index, const char* text) { return bind(index, std::string_view(text)); }
  Statement& bind(int index, const std::string& text) { return bind(index, std::string_view(text)); }
  Statement& bind(int index, std::span<const std::uint8_t> blob);
  Statement& bind_null(int index);

  // Moves to the next row: true with a row, false when done. After an error or false, reset() before the next
  // use.
  Result<bool> step();
  // Steps to the end, resets and clears the bindings. For statements without rows.
  Result<void> run();
  void reset();

  // Columns count from 0 and are those of the current row; views hold until the next step, reset or run.
  std::int64_t integer(int column) const;
  double real(int column) const;
  std::string_view text(int column) const;
  std::span<const std::uint8_t> blob(int column) const;
  bool is_null(int column) const;

 private:
  friend class Connection;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const noexcept;
  };
  explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}
  Statement& bind_integer(int index, std::int64_t value);
  void note(int result);
  [[nodiscard]] tl::unexpected<Error> fail(int result) const;

  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  int bind_result_ = 0;
};

}  // namespace desirepath::collector
