#include "collector/store/migrations.hpp"

#include <string>

#include "collector/store/transaction.hpp"

namespace desirepath::collector {

Result<void> migrate(Connection& connection, std::span<const std::string_view> migrations) {
  const auto newest = static_cast<std::int64_t>(migrations.size());
  for (;;) {
    auto transaction = Transaction::begin(connection);
    if (!transaction) return tl::make_unexpected(std::move(transaction.error()));
    const auto seen = connection.integer("PRAGMA user_version");
    if (!seen) return tl::make_unexpected(seen.error());
    if (*seen == newest) return {};
    if (*seen > newest || *seen < 0) {
      return failure(ErrorCode::storage, connection.file().string() +
                                             ": written by a newer desirepath (schema " +
                                             std::to_string(*seen) + ", this one knows " +
                                             std::to_string(newest) + "); use that version");
    }
    auto step = connection.execute(migrations[static_cast<std::size_t>(*seen)]);
    if (step) step = connection.execute("PRAGMA user_version=" + std::to_string(*seen + 1));
    if (step) step = transaction->commit();
    if (!step) return step;
  }
}

}  // namespace desirepath::collector
