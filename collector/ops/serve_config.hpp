// What `desirepath serve` is told: one member a setting, with its default.
//
// A new setting is a member here and a row in kSettings (settings_table.cpp). Option, environment variable,
// member of the file and `serve --help` follow from the row; the member's type says how its value is written:
//
//   bool                                   --name, true, false
//   std::int64_t                           a whole number; the row has its range
//   ByteSize                                  "500KB", "64MiB"; the row's range is in bytes
//   std::chrono::milliseconds              "90s", "30d"; the row's range is in ms, and where it begins at 0,
//                                          "0" may be said
//   std::string                            a text; where the row has choices, one of them
//   std::filesystem::path                  relative to the working directory, in a file to the file's folder
//   std::vector of std::string or path     the option again and again, commas in the environment, a list in
//                                          the file; what a stronger source says replaces the whole list
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace desirepath::collector {

struct ByteSize {
  std::int64_t count = 0;
  bool operator==(const ByteSize&) const = default;
};

struct ServeConfig {
  std::filesystem::path data;
  std::vector<std::filesystem::path> journeys;  // none: those the directory was folded with last

  std::string host = "127.0.0.1";
  std::int64_t port = 8'080;       // 0 picks a free one
  std::string ops_host;            // empty: host
  std::int64_t ops_port = 8'081;   // 0 picks a free one
  std::filesystem::path tls_cert;  // PEM; empty: no TLS
  std::filesystem::path tls_key;
  std::vector<std::string> trusted_proxies;  // CIDR ranges

  std::string log = "json";        // or "text"
  std::string log_level = "info";  // LogLevel's word
  bool access_log = false;

  std::int64_t rate_limit_key = 20'000;   // requests a second; 0: none
  std::int64_t rate_limit_address = 500;  // likewise

  ByteSize backlog{std::int64_t{4} << 30};

  ByteSize event_bytes{32'768};
  ByteSize batch_bytes{500'000};
  std::string ip = "anonymous";            // AddressPolicy's word
  std::string bots = "flag";               // or "drop"
  std::filesystem::path geoip;             // none: no place is told
  std::filesystem::path plan;              // none: nothing is held against a tracking plan
  std::chrono::milliseconds retention{0};  // 0: for ever
  std::string consent_required;            // a category; empty: nobody's consent is asked for
  std::int64_t rejected_count = 10'000;
  ByteSize rejected_bytes{32'000'000};
  std::chrono::milliseconds rejected_age = std::chrono::hours(24 * 30);
};

}  // namespace desirepath::collector
