#include "collector/store/transaction.hpp"

namespace desirepath::collector {

Result<Transaction> Transaction::begin(Connection& connection) {
  if (auto begun = connection.execute("BEGIN IMMEDIATE"); !begun) {
    return tl::make_unexpected(std::move(begun.error()));
  }
  return Transaction(connection);
}

Result<void> Transaction::commit() {
  auto committed = connection_->execute("COMMIT");
  if (committed) connection_ = nullptr;
  return committed;
}

Transaction::~Transaction() {
  // After some failures SQLite has rolled back by itself; the second time is harmless.
  if (connection_ != nullptr) (void)connection_->execute("ROLLBACK");
}

}  // namespace desirepath::collector
