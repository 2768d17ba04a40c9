// A write transaction that rolls back unless it is committed. It must not outlive its connection, and the
// connection must not be moved meanwhile. Not nested.
#pragma once

#include "collector/error.hpp"
#include "collector/store/connection.hpp"

namespace desirepath::collector {

class Transaction {
 public:
  // Takes the write lock at once (BEGIN IMMEDIATE).
  static Result<Transaction> begin(Connection& connection);
  // Returns after fsync. On an error everything is rolled back.
  Result<void> commit();

  Transaction(Transaction&& other) noexcept : connection_(std::exchange(other.connection_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();

 private:
  explicit Transaction(Connection& connection) : connection_(&connection) {}
  Connection* connection_;
};

}  // namespace desirepath::collector
