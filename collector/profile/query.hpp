// Short forms for the profile store's statements: compiled at first use, bound, read row by row.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "collector/error.hpp"
#include "collector/store/connection.hpp"

namespace desirepath::collector {

class Query {
 public:
  Query(Connection& connection, std::string_view sql) : connection_(connection), sql_(sql) {}

  // Runs with the arguments bound in order; for statements without rows.
  template <typename... Args>
  Result<void> run(const Args&... args) {
    auto statement = bound(args...);
    if (!statement) return tl::unexpected(statement.error());
    return (*statement)->run();
  }

  // Calls `read` for each row and keeps what it returns.
  template <typename Read, typename... Args>
  auto rows(Read read, const Args&... args)
      -> Result<std::vector<decltype(read(std::declval<const Statement&>()))>> {
    std::vector<decltype(read(std::declval<const Statement&>()))> found;
    auto statement = bound(args...);
    if (!statement) return tl::unexpected(statement.error());
    while (true) {
      auto row = (*statement)->step();
      if (!row) {
        (*statement)->reset();
        return tl::unexpected(row.error());
      }
      if (!*row) break;
      found.push_back(read(std::as_const(**statement)));
    }
    (*statement)->reset();
    return found;
  }

  // Of the first row, where there is one.
  template <typename Read, typename... Args>
  auto row(Read read, const Args&... args)
      -> Result<std::optional<decltype(read(std::declval<const Statement&>()))>> {
    std::optional<decltype(read(std::declval<const Statement&>()))> found;
    auto statement = bound(args...);
    if (!statement) return tl::unexpected(statement.error());
    auto row = (*statement)->step();
    if (row && *row) found.emplace(read(std::as_const(**statement)));
    (*statement)->reset();
    if (!row) return tl::unexpected(row.error());
    return found;
  }

 private:
  template <typename... Args>
  Result<Statement*> bound(const Args&... args) {
    if (!statement_) {
      auto prepared = connection_.prepare(sql_);
      if (!prepared) return tl::unexpected(prepared.error());
      statement_.emplace(*std::move(prepared));
    }
    [[maybe_unused]] int index = 0;
    (statement_->bind(++index, args), ...);
    return &*statement_;
  }

  Connection& connection_;
  std::string_view sql_;
  std::optional<Statement> statement_;
};

}  // namespace desirepath::collector
