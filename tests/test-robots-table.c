/* SPDX-License-Identifier: GPL-3.0-or-later */
/* RFC 9309 row by row: a file, a crawler, a path, and what the section named in the row says of them. A row
 * in brackets is where the RFC leaves it to the crawler, and this one keeps to what most do. */

#include "config.h"

#include <string.h>

#include "crawl/mill-robots.h"

#define BOM     "\xEF\xBB\xBF"
#define STAR    "User-agent: *\n"
#define ALL     "User-agent: *\nDisallow: /\n"
#define RULE(p) "User-agent: *\nDisallow: " p "\n"

typedef struct
{
  const char *rule; /* the section, and what of it */
  const char *text;
  const char *token;
  const char *path;
  gboolean allowed;
} Row;

/* A group for each of three crawlers, as in section 2.2.1, one of them twice. */
static const char groups[] = "user-agent: foobot\ndisallow: /foo\n\n"
                             "user-agent: barbot\nuser-agent: bazbot\ndisallow: /bar\n\n"
                             "user-agent: *\ndisallow: /star\n\n"
                             "user-agent: FooBot\ndisallow: /again\nallow: /foo/again\n";

static const Row agent_rows[] = {
  { "2.2.1: the crawler's own group", groups, "foobot", "/foo", FALSE },
  { "2.2.1: case-insensitive, as asked", groups, "FOOBOT", "/foo", FALSE },
  { "2.2.1: case-insensitive, as written", groups, "foobot", "/again", FALSE },
  { "2.2.1: groups of one name are combined", groups, "foobot", "/foo/again", TRUE },
  { "2.2.1: combined, the first still holds", groups, "fooBot", "/foo/other", FALSE },
  { "2.2.1: the group of * is for those not named", groups, "foobot", "/star", TRUE },
  { "2.2.1: not of another crawler's group", groups, "foobot", "/bar", TRUE },
  { "2.2.1: several names, the first", groups, "barbot", "/bar", FALSE },
  { "2.2.1: several names, the last", groups, "bazbot", "/bar", FALSE },
  { "2.2.1: several names, not the group of *", groups, "bazbot", "/star", TRUE },
  { "2.2.1: nobody's name: the group of *", groups, "qux", "/star", FALSE },
  { "2.2.1: nobody's name: no other group", groups, "qux", "/foo", TRUE },
  { "2.2.1: no name: the group of *", groups, NULL, "/star", FALSE },
  { "2.2.1: the start of a name is another name", groups, "foo", "/foo", TRUE },
  { "2.2.1: the start of a name: the group of *", groups, "foo", "/star", FALSE },
  { "2.2.1: more than a name is another name", groups, "foobot-news", "/foo", TRUE },
  { "2.2.1: no group matches, no *: no rules", "User-agent: a\nDisallow: /\n", "b", "/x", TRUE },
  { "2.2.1: version behind the token", "User-agent: a/1.2\nDisallow: /\n", "a", "/x", FALSE },
  { "2.2.1: comment behind the token", "User-agent: a (+http://h/)\nDisallow: /\n", "a", "/x", FALSE },
  { "2.2.1: version and comment", "User-agent: a/2 (x; y)\nDisallow: /\n", "a", "/x", FALSE },
  { "2.2.1: hyphen", "User-agent: a-b\nDisallow: /\n", "a-b", "/x", FALSE },
  { "2.2.1: hyphen, not its start", "User-agent: a-b\nDisallow: /\n", "a", "/x", TRUE },
  { "2.2.1: underscore", "User-agent: a_b\nDisallow: /\n", "A_B", "/x", FALSE },
  { "[2.2.1: digits, as in real names]", "User-agent: MJ12bot\nDisallow: /\n", "mj12bot", "/x", FALSE },
  { "2.2.1: no space behind the colon", "User-agent:a\nDisallow:/\n", "a", "/x", FALSE },
  { "2.2.1: key in any case", "uSER-aGENT: a\ndISALLOW: /\n", "a", "/x", FALSE },
  { "2.2: spaces before the colon", "User-agent \t: a\nDisallow \t: /\n", "a", "/x", FALSE },
  { "2.2: * followed by a comment", "User-agent: * # all\nDisallow: /\n", "a", "/x", FALSE },
  { "2.2: * followed by more is no name", "User-agent: *bot\nDisallow: /\n", "bot", "/x", TRUE },
  { "2.2: */1.0 is no name either", "User-agent: */1.0\nDisallow: /\n", "a", "/x", TRUE },
  { "2.2: an empty name is nobody's", "User-agent:\nDisallow: /\n", "a", "/x", TRUE },
  { "2.2: and its rules are not the group's before", STAR "Disallow: /a\nUser-agent:\nDisallow: /\n", "x",
    "/b", TRUE },
  { "2.2: a group may be empty", "User-agent: a\n\nUser-agent: b\nDisallow: /b\n", "a", "/b", FALSE },
  { "2.2.1: named without rules, but not *", "User-agent: *\nDisallow: /\nUser-agent: a\n", "a", "/x", TRUE },
  { "2.2.1: * beside a name, for the name", "User-agent: *\nUser-agent: a\nDisallow: /x\n", "a", "/x",
    FALSE },
  { "2.2.1: * beside a name, for others", "User-agent: *\nUser-agent: a\nDisallow: /x\n", "b", "/x", FALSE },
  { "2.2.1: groups of * are combined, the first", ALL "User-agent: a\nAllow: /\n" STAR "Allow: /y\n", "b",
    "/x", FALSE },
  { "2.2.1: groups of * are combined, the last", ALL "User-agent: a\nAllow: /\n" STAR "Allow: /y\n", "b",
    "/y", TRUE },
  { "2.2.1: order does not matter", STAR "Disallow: /\nUser-agent: a\nAllow: /\n", "a", "/x", TRUE },
  { "2.2.1: a name given twice", "User-agent: a\nUser-agent: a\nDisallow: /\n", "a", "/x", FALSE },
  { "2.2.2: rules before any group are ignored", "Disallow: /\nUser-agent: a\nDisallow: /y\n", "a", "/x",
    TRUE },
  { "2.2.2: rules before any group, without one", "Disallow: /\n", "a", "/x", TRUE },
};

static const Row precedence_rows[] = {
  { "2.2.2: no rule matches: allowed", RULE ("/a"), "x", "/b", TRUE },
  { "2.2.2: no rules: allowed", STAR, "x", "/b", TRUE },
  { "2.2.2: no file: allowed", "", "x", "/b", TRUE },
  { "2.2.2: the longest match, Allow", STAR "Disallow: /a/\nAllow: /a/b\n", "x", "/a/b", TRUE },
  { "2.2.2: the longest match, Disallow", STAR "Allow: /a/\nDisallow: /a/b\n", "x", "/a/b", FALSE },
  { "2.2.2: the longest, whatever the order", STAR "Allow: /a/b\nDisallow: /a/\n", "x", "/a/b", TRUE },
  { "2.2.2: only what matches is compared", STAR "Disallow: /a\nAllow: /a/long\n", "x", "/a/b", FALSE },
  { "2.2.2: three deep", STAR "Disallow: /\nAllow: /a\nDisallow: /a/b\n", "x", "/a/b/c", FALSE },
  { "2.2.2: three deep, the middle", STAR "Disallow: /\nAllow: /a\nDisallow: /a/b\n", "x", "/a/c", TRUE },
  { "2.2.2: equal rules: Allow, written first", STAR "Allow: /a\nDisallow: /a\n", "x", "/a", TRUE },
  { "2.2.2: equal rules: Allow, written last", STAR "Disallow: /a\nAllow: /a\n", "x", "/a", TRUE },
  { "2.2.2: equal length: Allow", STAR "Disallow: /*b\nAllow: /ab\n", "x", "/ab", TRUE },
  { "2.2.2: equal rules of two groups: Allow", STAR "Disallow: /a\n" STAR "Allow: /a\n", "x", "/a", TRUE },
  { "2.2.2: equal once escapes are normalised", STAR "Disallow: /%61\nAllow: /a\n", "x", "/a", TRUE },
  { "2.2.2: octets are counted, not characters", STAR "Disallow: /\xC3\xA4\nAllow: /*ab\n", "x", "/%C3%A4ab",
    FALSE },
  { "2.2.2: the length of $ counts", STAR "Allow: /a\nDisallow: /a$\n", "x", "/a", FALSE },
  { "2.2.2: the length of * counts", STAR "Allow: /a\nDisallow: /a*\n", "x", "/a", FALSE },
  { "2.2.2: case-sensitive", RULE ("/Secret"), "x", "/secret", TRUE },
  { "2.2.2: matched from the first octet", RULE ("/a"), "x", "/b/a", TRUE },
  { "2.2.2: a start matches", RULE ("/a"), "x", "/about", FALSE },
  { "2.2.2: the slash is part of it", RULE ("/a/"), "x", "/a", TRUE },
  { "2.2.2: the empty Disallow", RULE (""), "x", "/a", TRUE },
  { "2.2.2: the empty Disallow, of blanks", RULE (" \t "), "x", "/a", TRUE },
  { "2.2.2: the empty Disallow, of a comment", RULE ("# nothing"), "x", "/a", TRUE },
  { "2.2.2: an empty Disallow takes nothing back", STAR "Disallow: /a\nDisallow:\n", "x", "/a", FALSE },
  { "2.2.2: the empty Allow allows nothing more", STAR "Allow:\nDisallow: /\n", "x", "/a", FALSE },
  { "2.2.2: an empty rule ends the names", "User-agent: a\nDisallow:\nUser-agent: b\nDisallow: /\n", "a",
    "/x", TRUE },
  { "[2.2: a pattern without its slash]", RULE ("a/"), "x", "/a/b", FALSE },
  { "2.2.2: /robots.txt is allowed", ALL, "x", "/robots.txt", TRUE },
  { "2.2.2: /robots.txt, named itself", RULE ("/robots.txt"), "x", "/robots.txt", TRUE },
  { "2.2.2: /robots.txt, escaped", ALL, "x", "/robots%2Etxt", TRUE },
  { "2.2.2: what only begins so is not", ALL, "x", "/robots.txt.bak", FALSE },
  { "2.2.2: nor one in a folder", ALL, "x", "/a/robots.txt", FALSE },
  { "2.2.2: nor one in another case", ALL, "x", "/ROBOTS.TXT", FALSE },
  { "2.2.2: the query belongs to the URI", RULE ("/a?b"), "x", "/a?bc", FALSE },
  { "2.2.2: another query", RULE ("/a?b"), "x", "/a?c", TRUE },
  { "2.2.2: no query", RULE ("/a?b"), "x", "/a", TRUE },
  { "2.2.2: any query", RULE ("/a"), "x", "/a?b=c", FALSE },
  { "2.2.2: an empty query", RULE ("/a?"), "x", "/a?", FALSE },
  { "2.2.2: the second ? is data", RULE ("/a?b?c"), "x", "/a?b?c", FALSE },
};

static const Row encoding_rows[] = {
  { "2.2.2, table: plain", RULE ("/foo/bar?baz=quz"), "x", "/foo/bar?baz=quz", FALSE },
  { "2.2.2, table: reserved in a query, rule plain", RULE ("/foo/bar?baz=http://foo.bar"), "x",
    "/foo/bar?baz=http%3A%2F%2Ffoo.bar", FALSE },
  { "2.2.2, table: reserved in a query, URI plain", RULE ("/foo/bar?baz=http%3A%2F%2Ffoo.bar"), "x",
    "/foo/bar?baz=http://foo.bar", FALSE },
  { "2.2.2, table: non-ASCII rule", RULE ("/foo/bar/\xE3\x83\x84"), "x", "/foo/bar/%E3%83%84", FALSE },
  { "2.2.2, table: non-ASCII URI", RULE ("/foo/bar/%E3%83%84"), "x", "/foo/bar/\xE3\x83\x84", FALSE },
  { "2.2.2, table: both escaped", RULE ("/foo/bar/%E3%83%84"), "x", "/foo/bar/%E3%83%84", FALSE },
  { "2.2.2, table: unreserved escaped in the rule", RULE ("/foo/bar/%62%61%7A"), "x", "/foo/bar/baz", FALSE },
  { "2.2.2, table: unreserved escaped in the URI", RULE ("/foo/bar/baz"), "x", "/foo/bar/%62%61%7A", FALSE },
  { "2.2.2: hex digits in lower case, rule", RULE ("/%e3%83%84"), "x", "/%E3%83%84", FALSE },
  { "2.2.2: hex digits in lower case, URI", RULE ("/%E3%83%84"), "x", "/%e3%83%84", FALSE },
  { "2.2.2: hex digits in both", RULE ("/%eA"), "x", "/%Ea", FALSE },
  { "2.2.2: another octet", RULE ("/%E3%83%84"), "x", "/%E3%83%85", TRUE },
  { "2.2.2: a start in the midst of a character", RULE ("/%E3%83"), "x", "/%E3%83%84", FALSE },
  { "2.2.2: octets that are no UTF-8", RULE ("/\xFF"), "x", "/%ff", FALSE },
  { "2.2.2: unreserved: tilde", RULE ("/%7Ea"), "x", "/~a", FALSE },
  { "2.2.2: unreserved: the other three", RULE ("/%2D%2E%5F"), "x", "/-._", FALSE },
  { "2.2.2: unreserved: digits", RULE ("/%30%39"), "x", "/09", FALSE },
  { "2.2.2: reserved in a path: %2F is no slash", RULE ("/a%2Fb"), "x", "/a/b", TRUE },
  { "2.2.2: reserved in a path: a slash is no %2F", RULE ("/a/b"), "x", "/a%2Fb", TRUE },
  { "2.2.2: reserved in a path: the same", RULE ("/a%2Fb"), "x", "/a%2fb", FALSE },
  { "2.2.2: reserved: ?", RULE ("/a%3Fb"), "x", "/a?b", TRUE },
  { "2.2.2: reserved: & separates, %26 does not", RULE ("/a?b%26c"), "x", "/a?b&c", TRUE },
  { "2.2.2: reserved: = likewise", RULE ("/a?b%3Dc"), "x", "/a?b=c", TRUE },
  { "2.2.2: reserved: ; likewise", RULE ("/a;b"), "x", "/a%3Bb", TRUE },
  { "2.2.2: reserved in a query behind *, the same", RULE ("/*u=http%3A%2F%2Fh"), "x", "/a?u=http%3A%2F%2Fh",
    FALSE },
  { "2.2.2: reserved in a query behind *, URI plain", RULE ("/*u=http%3A%2F%2Fh"), "x", "/a?u=http://h",
    FALSE },
  { "2.2.2: reserved in a query behind *, rule plain", RULE ("/*u=http://h"), "x", "/a?u=http%3A%2F%2Fh",
    FALSE },
  { "2.2.2: behind * to the end", RULE ("/*%2Fh$"), "x", "/a?u=/h", FALSE },
  { "2.2.2: behind two *", RULE ("/*%3A*%2Fh"), "x", "/a?u=x:y/h", FALSE },
  { "2.2.2: behind *, in the path", RULE ("/*a%2Fb"), "x", "/a/b", TRUE },
  { "2.2.2: behind *, in the path, the same", RULE ("/*a%2Fb"), "x", "/xa%2Fb", FALSE },
  { "2.2.2: behind *, in the path and not the query", RULE ("/*a%2Fb$"), "x", "/a/b?c", TRUE },
  { "2.2.2: a blank within", RULE ("/a b"), "x", "/a%20b", FALSE },
  { "2.2.2: a quote", RULE ("/a\"b"), "x", "/a%22b", FALSE },
  { "2.2.2: brackets", RULE ("/a[b]"), "x", "/a%5Bb%5D", FALSE },
  { "2.2.2: % without digits", RULE ("/100%"), "x", "/100%25", FALSE },
  { "2.2.2: % with one digit", RULE ("/a%4"), "x", "/a%254", FALSE },
  { "2.2.2: % before no digits", RULE ("/a%zz"), "x", "/a%25zz", FALSE },
  { "2.2.2: an escaped % stays one", RULE ("/a%2541"), "x", "/aA", TRUE },
};

static const Row special_rows[] = {
  { "2.2.3: $", RULE ("/this/path/exactly$"), "x", "/this/path/exactly", FALSE },
  { "2.2.3: $, more", RULE ("/this/path/exactly$"), "x", "/this/path/exactly/x", TRUE },
  { "2.2.3: $, with a query", RULE ("/a$"), "x", "/a?b", TRUE },
  { "2.2.3: $, behind a query", RULE ("/a?b$"), "x", "/a?b", FALSE },
  { "2.2.3: $, behind blanks", RULE ("/a$ \t"), "x", "/ab", TRUE },
  { "2.2.3: $, before a comment", RULE ("/a$#c"), "x", "/a", FALSE },
  { "2.2.3: $ within is a $", RULE ("/a$b"), "x", "/a$b", FALSE },
  { "2.2.3: $ within is no end", RULE ("/a$b"), "x", "/a", TRUE },
  { "2.2.3: of two $ the last is the end", RULE ("/a$$"), "x", "/a$", FALSE },
  { "2.2.3: of two $ the first is a $", RULE ("/a$$"), "x", "/a", TRUE },
  { "2.2.3: $ of the root", RULE ("/$"), "x", "/", FALSE },
  { "2.2.3: $ of the root, elsewhere", RULE ("/$"), "x", "/a", TRUE },
  { "2.2.3: *", RULE ("/this/*/exactly"), "x", "/this/path/exactly", FALSE },
  { "2.2.3: * for nothing", RULE ("/a*b"), "x", "/ab", FALSE },
  { "2.2.3: * for slashes", RULE ("/a*d"), "x", "/a/b/c/d", FALSE },
  { "2.2.3: * for a query", RULE ("/a*d"), "x", "/a?b=d", FALSE },
  { "2.2.3: * at the end", RULE ("/a*"), "x", "/a", FALSE },
  { "2.2.3: * at the start", RULE ("*/b"), "x", "/a/b", FALSE },
  { "2.2.3: * alone", RULE ("*"), "x", "/a", FALSE },
  { "2.2.3: **", RULE ("/a**b"), "x", "/axb", FALSE },
  { "2.2.3: * and $", RULE ("/*.gif$"), "x", "/a.gif", FALSE },
  { "2.2.3: * and $, more", RULE ("/*.gif$"), "x", "/a.gif?b", TRUE },
  { "2.2.3: * and $, found twice", RULE ("/*.gif$"), "x", "/a.gif.gif", FALSE },
  { "2.2.3: * and $, no overlap", RULE ("/ab*ba$"), "x", "/aba", TRUE },
  { "2.2.3: *$", RULE ("/a*$"), "x", "/abc", FALSE },
  { "2.2.3: two *, in order", RULE ("/*a*b"), "x", "/xaxb", FALSE },
  { "2.2.3: two *, not in order", RULE ("/*a*b"), "x", "/xbxa", TRUE },
  { "2.2.3: case-sensitive behind *", RULE ("/*.gif"), "x", "/a.GIF", TRUE },
  { "2.2.3, table: %2A is a *", RULE ("/path/file-with-a-%2A.html"), "x", "/path/file-with-a-*.html", FALSE },
  { "2.2.3, table: %2A is no *", RULE ("/path/file-with-a-%2A.html"), "x", "/path/file-with-a-b.html", TRUE },
  { "2.2.3, table: %24 is a $", RULE ("/path/foo-%24"), "x", "/path/foo-$", FALSE },
  { "2.2.3, table: %24 is no end", RULE ("/path/foo-%24"), "x", "/path/foo-", TRUE },
  { "2.2.3: %2A and *", RULE ("/%2a*%2A"), "x", "/*x%2A", FALSE },
  { "2.2.3: * in the URI is no *", RULE ("/abc"), "x", "/a*", TRUE },
  { "2.2.3: $ in the URI is no end", RULE ("/a"), "x", "/a$", FALSE },
  { "2.2.3: %23 is a #", RULE ("/a%23b"), "x", "/a%23b", FALSE },
  { "2.2.3: # begins a comment", RULE ("/a#b"), "x", "/ac", FALSE },
};

#define EXAMPLE_1                                                                                            \
  "User-Agent: *\nDisallow: *.gif$\nDisallow: /example/\nAllow: /publications/\n\n"                          \
  "User-Agent: foobot\nDisallow:/\nAllow:/example/page.html\nAllow:/example/allowed.gif\n\n"                 \
  "User-Agent: barbot\nUser-Agent: bazbot\nDisallow: /example/page.html\n\nUser-Agent: quxbot\n\n#EOF\n"
#define EXAMPLE_2 "User-Agent: foobot\nAllow: /example/page/\nDisallow: /example/page/disallowed.gif\n"

static const Row example_rows[] = {
  { "5.1: no group of its own, GIF", EXAMPLE_1, "otherbot", "/a/b.gif", FALSE },
  { "5.1: no group of its own, folder", EXAMPLE_1, "otherbot", "/example/", FALSE },
  { "5.1: no group of its own, publications", EXAMPLE_1, "otherbot", "/publications/", TRUE },
  { "5.1: no group of its own, the rest", EXAMPLE_1, "otherbot", "/other", TRUE },
  { "5.1: foobot, page.html", EXAMPLE_1, "foobot", "/example/page.html", TRUE },
  { "5.1: foobot, allowed.gif", EXAMPLE_1, "foobot", "/example/allowed.gif", TRUE },
  { "5.1: foobot, the rest", EXAMPLE_1, "foobot", "/publications/", FALSE },
  { "5.1: barbot", EXAMPLE_1, "barbot", "/example/page.html", FALSE },
  { "5.1: barbot, the rest", EXAMPLE_1, "barbot", "/example/allowed.gif", TRUE },
  { "5.1: bazbot", EXAMPLE_1, "bazbot", "/example/page.html", FALSE },
  { "5.1: quxbot may all", EXAMPLE_1, "quxbot", "/example/page.html", TRUE },
  { "5.2: the longest match forbids", EXAMPLE_2, "foobot", "/example/page/disallowed.gif", FALSE },
  { "5.2: the other allows", EXAMPLE_2, "foobot", "/example/page/allowed.gif", TRUE },
};

static const Row line_rows[] = {
  { "2.2: LF", "User-agent: x\nDisallow: /a\n", "x", "/a", FALSE },
  { "2.2: CR", "User-agent: x\rDisallow: /a\r", "x", "/a", FALSE },
  { "2.2: CRLF", "User-agent: x\r\nDisallow: /a\r\n", "x", "/a", FALSE },
  { "2.2: all three", "User-agent: x\rUser-agent: y\r\nDisallow: /b\nDisallow: /a", "x", "/a", FALSE },
  { "2.2: CR is no part of $", "User-agent: x\r\nDisallow: /a$\r\n", "x", "/a", FALSE },
  { "2.2: no end of the last line", "User-agent: x\nDisallow: /a", "x", "/a", FALSE },
  { "2.2: the last line is a key", "User-agent: x\nDisallow: /a\nDisallow", "x", "/b", TRUE },
  { "2.2: the last line is a key and a colon", "User-agent: x\nDisallow: /a\nDisallow:", "x", "/b", TRUE },
  { "2.2: blank lines do not end a group", "User-agent: x\n\n\n\nDisallow: /a\n", "x", "/a", FALSE },
  { "2.2: nor do blank lines with blanks", "User-agent: x\n \t\n\t\nDisallow: /a\n", "x", "/a", FALSE },
  { "2.2: blanks before a line", " \tUser-agent: x\n\t Disallow: /a\n", "x", "/a", FALSE },
  { "2.2: blanks behind a line", "User-agent: x \t\nDisallow: /a \t\n", "x", "/ab", FALSE },
  { "2.2: blanks before and behind the colon", "User-agent \t: \tx\nDisallow \t: \t/a\n", "x", "/a", FALSE },
  { "2.2: a comment alone", "# one\nUser-agent: x\n # two\nDisallow: /a\n#", "x", "/a", FALSE },
  { "2.2: a comment behind a name", "User-agent: x# all: y\nDisallow: /a\n", "x", "/a", FALSE },
  { "2.2: a comment behind a rule", "User-agent: x\nDisallow: /a # b\n", "x", "/ac", FALSE },
  { "2.2: a rule in a comment", "User-agent: x\n# Disallow: /a\n", "x", "/a", TRUE },
  { "2.2: a comment cuts a key", "User-agent: x\nDis#allow: /a\n", "x", "/a", TRUE },
  { "2.2: a byte order mark", BOM "User-agent: x\nDisallow: /a\n", "x", "/a", FALSE },
  { "2.2: a byte order mark, then a comment", BOM "# c\nUser-agent: x\nDisallow: /a\n", "x", "/a", FALSE },
  { "2.2: two byte order marks", BOM BOM "User-agent: x\nDisallow: /a\n", "x", "/a", TRUE },
  { "2.2: a byte order mark alone", BOM, "x", "/a", TRUE },
  { "2.2: no colon", "User-agent: x\nDisallow /a\n", "x", "/a", TRUE },
  { "2.2: no colon, the next line counts", "User-agent: x\nDisallow /b\nDisallow: /a\n", "x", "/a", FALSE },
  { "2.2: no key", "User-agent: x\n: /b\nDisallow: /a\n", "x", "/b", TRUE },
  { "2.2: a second colon belongs to the path", "User-agent: x\nDisallow: /a:b\n", "x", "/a:b", FALSE },
  { "2.2: a key that only begins so", "User-agent: x\nDisallowed: /a\n", "x", "/a", TRUE },
  { "2.2: a key with more before it", "User-agent: x\nNo-disallow: /a\n", "x", "/a", TRUE },
  { "2.2: a key with a blank within", "User agent: x\nDisallow: /a\n", "x", "/a", TRUE },
  { "2.3.1.1: an HTML page instead", "<html><p>User-agent: *</p>\n<p>Disallow: /</p></html>\n", "x", "/a",
    TRUE },
  { "2.2: bytes that are no text", STAR "\xFF\xFE\x01: /\nDisallow: /a\n", "x", "/a", FALSE },
  { "2.2.4: Sitemap before a group", "Sitemap: http://h/s\nUser-agent: x\nDisallow: /a\n", "x", "/a", FALSE },
  { "2.2.4: Sitemap between a name and its rules", "User-agent: x\nSitemap: http://h/s\nDisallow: /a\n", "x",
    "/a", FALSE },
  { "2.2.4: Sitemap between two names", "User-agent: x\nSitemap: http://h/s\nUser-agent: y\nDisallow: /a\n",
    "x", "/a", FALSE },
  { "2.2.4: Sitemap between two rules", "User-agent: x\nDisallow: /b\nSitemap: http://h/s\nDisallow: /a\n",
    "x", "/a", FALSE },
  { "2.2.4: Sitemap behind a rule does not join",
    "User-agent: x\nDisallow: /b\nSitemap: s\nUser-agent: y\n"
    "Disallow: /a\n",
    "x", "/a", TRUE },
  { "2.2.4: Crawl-delay between two names", "User-agent: x\nCrawl-delay: 1\nUser-agent: y\nDisallow: /a\n",
    "x", "/a", FALSE },
  { "2.2.4: an unknown record between two names", "User-agent: x\nHost: h\nUser-agent: y\nDisallow: /a\n",
    "x", "/a", FALSE },
  { "2.2.4: an unknown record between two rules", "User-agent: x\nDisallow: /b\nNoindex: /\nDisallow: /a\n",
    "x", "/a", FALSE },
  { "2.2.4: an unknown record is no rule", "User-agent: x\nNoindex: /a\n", "x", "/a", TRUE },
};

static const struct
{
  const char *rule;
  const char *text;
  const char *token;
  double seconds; /* < 0: none */
} delay_rows[] = {
  { "[whole]", "User-agent: x\nCrawl-delay: 7\n", "x", 7 },
  { "[with a fraction]", "User-agent: x\nCrawl-delay: 0.25\n", "x", 0.25 },
  { "[nought]", "User-agent: x\nCrawl-delay: 0\n", "x", 0 },
  { "[negative]", "User-agent: x\nCrawl-delay: -1\n", "x", -1 },
  { "[empty]", "User-agent: x\nCrawl-delay:\n", "x", -1 },
  { "[no number]", "User-agent: x\nCrawl-delay: soon\n", "x", -1 },
  { "[with a unit]", "User-agent: x\nCrawl-delay: 3 s\n", "x", 3 },
  { "[a comma is no point]", "User-agent: x\nCrawl-delay: 2,5\n", "x", 2 },
  { "[a day]", "User-agent: x\nCrawl-delay: 86400\n", "x", 86400 },
  { "[more than a day]", "User-agent: x\nCrawl-delay: 86401\n", "x", 86400 },
  { "[endless]", "User-agent: x\nCrawl-delay: inf\n", "x", -1 },
  { "[past what a double holds]", "User-agent: x\nCrawl-delay: 1e999\n", "x", -1 },
  { "[no number at all]", "User-agent: x\nCrawl-delay: nan\n", "x", -1 },
  { "[key in any case, a comment]", "User-agent: x\ncrawl-DELAY:4#s\n", "x", 4 },
  { "[before any group]", "Crawl-delay: 4\nUser-agent: x\nDisallow:\n", "x", -1 },
  { "[of the group of *]", "User-agent: *\nCrawl-delay: 4\n", "x", 4 },
  { "[not of the group of *, if named]", "User-agent: *\nCrawl-delay: 4\nUser-agent: x\nDisallow:\n", "x",
    -1 },
  { "[several names]", "User-agent: x\nUser-agent: y\nCrawl-delay: 4\n", "x", 4 },
  { "[not of the names behind it]", "User-agent: x\nCrawl-delay: 4\nUser-agent: y\nDisallow: /\n", "y", -1 },
  { "[behind the rules]", "User-agent: x\nDisallow: /a\nCrawl-delay: 4\n", "x", 4 },
  { "[of two groups, the longer]",
    "User-agent: x\nCrawl-delay: 9\nDisallow: /\nUser-agent: x\nCrawl-delay: 2\n", "x", 9 },
};

/* Section 2.5: the file is filled with comments so that @last begins @before octets before the limit. */
static const struct
{
  const char *rule;
  guint before;
  const char *last;
  const char *path;
  gboolean allowed;
} limit_rows[] = {
  { "2.5: a rule within", 20, "Disallow: /a\n#\n", "/a", FALSE },
  { "2.5: a rule that ends with the limit", 13, "Disallow: /a\n", "/a", FALSE },
  { "2.5: the same, and more behind", 13, "Disallow: /a\nDisallow: /b\n", "/a", FALSE },
  { "2.5: the rule behind the limit", 13, "Disallow: /a\nDisallow: /b\n", "/b", TRUE },
  { "2.5: only the LF is past the limit", 12, "Disallow: /a\nDisallow: /b\n", "/a", FALSE },
  { "2.5: only the CRLF is past the limit", 12, "Disallow: /a\r\nDisallow: /b\n", "/a", FALSE },
  { "2.5: the LF of the CRLF is past the limit", 13, "Disallow: /a\r\nDisallow: /b\n", "/a", FALSE },
  { "2.5: a file that ends at the limit", 12, "Disallow: /a", "/a", FALSE },
  { "2.5: a rule cut in its pattern is none", 11, "Disallow: /a\n", "/b", TRUE },
  { "2.5: nor does it forbid its own path", 11, "Disallow: /a\n", "/a", TRUE },
  { "2.5: a rule cut before its $", 12, "Disallow: /a$\n", "/ab", TRUE },
  { "2.5: a rule cut in its key", 4, "Disallow: /a\n", "/a", TRUE },
  { "2.5: a rule that begins at the limit", 0, "Disallow: /a\n", "/a", TRUE },
  { "2.5: a name cut by it joins nobody", 11, "User-agent: y\nDisallow: /a\n", "/a", TRUE },
};

/* Says what is wrong and goes on, so that one run shows all that is. */
static void
check (const char *rule, const char *text, size_t length, const char *token, const char *path,
       gboolean allowed)
{
  g_autoptr (GBytes) body = g_bytes_new (text, length);
  g_autoptr (MillRobots) robots = mill_robots_parse (body);

  if (mill_robots_allows (robots, token, path) == allowed)
    return;
  g_test_message ("%s: %s should be %s", rule, path, allowed ? "allowed" : "forbidden");
  g_test_fail ();
}

typedef struct
{
  const char *test;
  const Row *rows;
  size_t n_rows;
} Table;

static void
test_rows (gconstpointer data)
{
  const Table *table = data;

  for (size_t i = 0; i < table->n_rows; i++)
    {
      const Row *row = &table->rows[i];

      check (row->rule, row->text, strlen (row->text), row->token, row->path, row->allowed);
    }
}

static void
test_delays (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (delay_rows); i++)
    {
      g_autoptr (GBytes) body = g_bytes_new (delay_rows[i].text, strlen (delay_rows[i].text));
      g_autoptr (MillRobots) robots = mill_robots_parse (body);
      double seconds = mill_robots_get_crawl_delay (robots, delay_rows[i].token);

      if (delay_rows[i].seconds < 0 ? seconds < 0 : ABS (seconds - delay_rows[i].seconds) < 1e-9)
        continue;
      g_test_message ("%s: %g s, not %g s", delay_rows[i].rule, seconds, delay_rows[i].seconds);
      g_test_fail ();
    }
}

static void
test_limit (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (limit_rows); i++)
    {
      g_autoptr (GString) text = g_string_new ("User-agent: *\nDisallow: /first\n");
      size_t start = MILL_ROBOTS_MAX_BYTES - limit_rows[i].before;

      while (text->len < start - 2)
        g_string_append_c (text, text->len % 64 == 0 ? '\n' : '#');
      g_string_append (text, "#\n");
      g_string_append (text, limit_rows[i].last);
      check ("2.5: what comes first", text->str, text->len, "x", "/first", FALSE);
      check (limit_rows[i].rule, text->str, text->len, "x", limit_rows[i].path, limit_rows[i].allowed);
    }
}

int
main (int argc, char *argv[])
{
  static const Table tables[] = {
    { "/robots-table/agents", agent_rows, G_N_ELEMENTS (agent_rows) },
    { "/robots-table/precedence", precedence_rows, G_N_ELEMENTS (precedence_rows) },
    { "/robots-table/encoding", encoding_rows, G_N_ELEMENTS (encoding_rows) },
    { "/robots-table/special-characters", special_rows, G_N_ELEMENTS (special_rows) },
    { "/robots-table/examples", example_rows, G_N_ELEMENTS (example_rows) },
    { "/robots-table/lines", line_rows, G_N_ELEMENTS (line_rows) },
  };

  g_test_init (&argc, &argv, NULL);

  for (size_t i = 0; i < G_N_ELEMENTS (tables); i++)
    g_test_add_data_func (tables[i].test, &tables[i], test_rows);
  g_test_add_func ("/robots-table/crawl-delay", test_delays);
  g_test_add_func ("/robots-table/limit", test_limit);

  return g_test_run ();
}
