#include "collector/http/request_head.hpp"

#include <doctest/doctest.h>

#include <string>

#include "collector/http/chunked_body.hpp"
#include "collector/http/limits.hpp"

using namespace desirepath::collector;

namespace {

const std::string kHost = "Host: x\r\n";

int refusal(const std::string& line, const std::string& headers = kHost) {
  const std::string text = line + "\r\n" + headers + "\r\n";
  const HeadScan scan = scan_head(text);
  if (scan.refusal != 0) return scan.refusal;
  REQUIRE(scan.end == text.size());
  return read_head(std::string_view(text).substr(scan.begin)).refusal;
}

std::string with_nul(const char* text) {
  return std::string(text) + '\0';
}

struct Chunks {
  int refusal;
  bool is_whole;
  std::string bytes;
  std::size_t taken;
};

// In pieces of `step` bytes, as a network might cut them.
Chunks take(const std::string& text, std::size_t step, std::size_t bytes_max = 100) {
  ChunkedBody body(bytes_max);
  std::string waiting;
  std::size_t taken = 0;
  for (std::size_t at = 0; at < text.size(); at += step) {
    waiting += text.substr(at, step);
    const std::size_t now = body.take(waiting);
    waiting.erase(0, now);
    taken += now;
  }
  return {body.refusal(), body.is_whole(), body.bytes(), taken};
}

}  // namespace

TEST_CASE("request head: a request is read") {
  const std::string text =
      "POST /v1/batch?k=1 HTTP/1.1\r\nHost: x\r\nContent-Length: 12\r\nexpect: 100-Continue\r\nX:  a b "
      "\r\n\r\n";
  const ReadHead read = read_head(text);
  REQUIRE(read.refusal == 0);
  CHECK(read.head.method == "POST");
  CHECK(read.head.target == "/v1/batch?k=1");
  CHECK(read.head.content_length == 12);
  CHECK(read.head.expects_continue);
  CHECK(read.head.keeps_alive);
  CHECK_FALSE(read.head.is_chunked);
  CHECK(read.head.header("x") == "a b");
  CHECK(read.head.header("absent").empty());
  CHECK(refusal("GET / HTTP/1.0", "") == 0);
  CHECK(refusal("GET / HTTP/1.1", kHost + "X:\r\n") == 0);
  CHECK(refusal("OPTIONS * HTTP/1.1") == 0);
  CHECK_FALSE(read_head("GET / HTTP/1.1\r\nHost: x\r\nConnection: foo, Close\r\n\r\n").head.keeps_alive);
  CHECK_FALSE(read_head("GET / HTTP/1.0\r\n\r\n").head.keeps_alive);
  CHECK(read_head("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: Chunked\r\n\r\n").head.is_chunked);
}

TEST_CASE("request head: what is said once is not said twice") {
  for (const char* name :
       {"Authorization", "CONTENT-ENCODING", "Last-Event-ID", "origin", "User-Agent", "X-Write-Key"}) {
    CAPTURE(name);
    const std::string line = std::string(name) + ": a\r\n";
    CHECK(refusal("GET / HTTP/1.1", kHost + line) == 0);
    CHECK(refusal("GET / HTTP/1.1", kHost + line + "X: y\r\n" + line) == 400);
  }
  CHECK(refusal("GET / HTTP/1.1", kHost + "X-Forwarded-For: a\r\nX-Forwarded-For: b\r\n") == 0);
}

TEST_CASE("request head: what is no request line") {
  for (const char* line : {"GET /",
                           "GET",
                           "",
                           " ",
                           "GET  / HTTP/1.1",
                           "GET / HTTP/1.1 ",
                           "GET / x HTTP/1.1",
                           "GET / HTTP/9.9",
                           "GET / HTTP/1.2",
                           "GET / http/1.1",
                           "GET / HTTP/2.0",
                           "G\xc3T / HTTP/1.1",
                           "GET\t/ HTTP/1.1",
                           "GET x HTTP/1.1",
                           "GET http://x/ HTTP/1.1",
                           "CONNECT x:80 HTTP/1.1",
                           "GET * HTTP/1.1",
                           "GET /\x01 HTTP/1.1",
                           "GET /\xff HTTP/1.1",
                           "GET /v1/profiles#x HTTP/1.1",
                           "{\"batch\":[]}"}) {
    CAPTURE(line);
    CHECK(refusal(line) == 400);
  }
  CHECK(refusal(with_nul("GET /") + " HTTP/1.1") == 400);
  CHECK(refusal("GET /" + std::string(kTargetBytesMax, 'x') + " HTTP/1.1") == 414);
  CHECK(refusal("GET /" + std::string(kTargetBytesMax - 1, 'x') + " HTTP/1.1") == 0);
}

TEST_CASE("request head: headers that two programs could read differently") {
  const std::string line = "POST / HTTP/1.1";
  for (const std::string& headers : std::initializer_list<std::string>{
           std::string("X: y\r\n"),  // no Host
           kHost + "Host: y\r\n",    // two
           kHost + "Content-Length: 1\r\nContent-Length: 1\r\n",
           kHost + "Content-Length: 1, 1\r\n",
           kHost + "Content-Length: +1\r\n",
           kHost + "Content-Length: -1\r\n",
           kHost + "Content-Length: 0x1\r\n",
           kHost + "Content-Length: 1 1\r\n",
           kHost + "Content-Length:\r\n",
           kHost + "Content-Length: 99999999999999999999999\r\n",
           kHost + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n",
           kHost + "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n",
           kHost + "Transfer-Encoding: gzip, chunked\r\n",
           kHost + "Transfer-Encoding: identity\r\n",
           kHost + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
           kHost + "Transfer-Encoding : chunked\r\n",
           kHost + "Transfer-Encoding:\vchunked\r\n",
           kHost + "X: a\r\n folded\r\n",
           kHost + "X: a\r\n\tfolded\r\n",
           kHost + "no colon\r\n",
           kHost + ": x\r\n",
           kHost + "X y: z\r\n",
           kHost + "X: a\rb\r\n",
           kHost + "X: \x01\r\n",
           std::string(kHost + with_nul("X: a") + "\r\n"),
           kHost + "X: a\n",
           "Host: x\n"}) {
    CAPTURE(headers);
    CHECK(refusal(line, headers) == 400);
  }
  CHECK(refusal(line) == 411);
  CHECK(refusal("POST / HTTP/1.0", "Transfer-Encoding: chunked\r\n") == 400);
  CHECK(refusal("GET / HTTP/1.1", kHost + "Content-Length: 1\r\n") == 400);
  CHECK(refusal("GET / HTTP/1.1", kHost + "Content-Length: 0\r\n") == 0);
  CHECK(refusal(line, kHost + "Content-Length: 1\r\nExpect: a unicorn\r\n") == 417);
}

TEST_CASE("request head: too much of it is refused before its end has come") {
  std::string many = kHost;
  for (std::size_t i = 1; i < kHeadersMax; ++i) many += "X: y\r\n";
  CHECK(refusal("GET / HTTP/1.1", many) == 0);
  CHECK(refusal("GET / HTTP/1.1", many + "X: y\r\n") == 431);
  CHECK(refusal("GET / HTTP/1.1", kHost + "X: " + std::string(kHeaderBytesMax, 'y') + "\r\n") == 431);
  CHECK(scan_head("GET / HTTP/1.1\r\nX: " + std::string(20'000, 'y')).refusal == 431);
  std::string endless = "GET / HTTP/1.1\r\n";
  while (endless.size() < kHeadBytesMax + 100) endless += "X: y\r\n";
  CHECK(scan_head(endless).refusal == 431);
  CHECK(scan_head("GET /\r\n").refusal == 400);         // HTTP/0.9
  CHECK(scan_head("GET / HTTP/1.1\n").refusal == 400);  // no carriage return
  CHECK(scan_head(with_nul("GE")).refusal == 400);
  CHECK(scan_head("GET / HTTP/1.1\r\nHost: x\r\n").refusal == 0);
  CHECK(scan_head("\r\n\r\nGET / HTTP/1.1\r\n\r\n").begin == 4);
  CHECK(scan_head("\r\n\r\n\r\nGET / HTTP/1.1\r\n\r\n").refusal == 400);
}

TEST_CASE("chunked body: taken apart alike however it is cut") {
  const std::string text = "5\r\nhello\r\nA;x=\"y\"\r\n, chunked!\r\n000\r\nTrailer: x\r\n\r\nGET / next";
  for (const std::size_t step : {1u, 2u, 3u, 7u, 1000u}) {
    CAPTURE(step);
    const Chunks chunks = take(text, step);
    CHECK(chunks.refusal == 0);
    CHECK(chunks.is_whole);
    CHECK(chunks.bytes == "hello, chunked!");
    CHECK(text.substr(chunks.taken) == "GET / next");
  }
  CHECK_FALSE(take("5\r\nhello\r\n0\r\n", 1).is_whole);  // the empty line is missing
}

TEST_CASE("chunked body: tricks with sizes and ends") {
  for (const char* text :
       {"-5\r\nhello\r\n", "+5\r\nhello\r\n", "0x5\r\nhello\r\n", " 5\r\nhello\r\n", "5 \r\nhello\r\n",
        "5\nhello\r\n", "\r\nhello", ";x\r\n", "g\r\n", "5\r\nhelloX", "5\r\nhello\n", "5\r\nhello\rX",
        "0\r\nX: y\n\r\n", "0\r\n\n", "5\r\r\nhello\r\n"}) {
    CAPTURE(text);
    for (const std::size_t step : {1u, 1000u}) CHECK(take(text, step).refusal == 400);
  }
  CHECK(take("65\r\n", 1).refusal == 413);
  CHECK(take("64\r\n", 1).refusal == 0);
  CHECK(take("ffffffffffffffff\r\n", 1).refusal == 413);
  CHECK(take("fffffffffffffffff\r\n", 1).refusal == 413);
  CHECK(take("32\r\n" + std::string(50, 'x') + "\r\n33\r\n", 1).refusal == 413);
  CHECK(take(std::string(1'000, '0'), 1).refusal == 400);
  CHECK(take("0\r\n" + std::string(20'000, 'x'), 100).refusal == 400);
  std::string trailers = "0\r\n";
  for (int i = 0; i < 2'000; ++i) trailers += "X: y\r\n";
  CHECK(take(trailers, 100).refusal == 400);
}
