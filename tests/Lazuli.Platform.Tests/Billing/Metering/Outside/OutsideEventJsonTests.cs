using System.Text;
using Lazuli.Billing;
using Lazuli.Contracts;

namespace Lazuli.Platform.Tests.Billing;

public sealed class OutsideEventJsonTests
{
    private const string Whole = """
        {"specversion":"1.0","type":"lazuli.usage.request","source":"partner.node-1","id":"7","time":"2026-11-01T11:59:30.000001Z","subject":"acme","datacontenttype":"application/json",
         "grantid":"grant_a grant_b","priceversion":"std@1","modeldigest":"sha256:00",
         "data":{"request":"","project":"support","model":"tiny","outcome":"Completed","promptTokens":"100","cachedTokens":40,"completionTokens":"10","deviceMicroseconds":"1500000","flop":"1.5e9","chargeNanos":"12","currency":"EUR","batch":true}}
        """;

    [Fact]
    public void Reads_what_our_own_events_are_written_as()
    {
        OutsideEvent e = Assert.Single(Read(Whole));
        Assert.Equal(("partner.node-1", 7L, MeterEventKind.Request, "acme", "support"), (e.Source, e.Sequence, e.Kind, e.Party.Value, e.Project.Value));
        Assert.Equal((new ChargedTokens(100, 40, 10), 1_500_000L, 1.5e9, (long?)12, true), (e.Tokens, e.DeviceMicroseconds, e.Flop, e.ChargeNanos, e.Batch));
        Assert.Equal(new DateTimeOffset(2026, 11, 1, 11, 59, 30, TimeSpan.Zero).AddTicks(10), e.At);
        Assert.Equal(e, OutsideEventJson.ReadOne(e.Text)); // kept whole, and the same when it is read again
        Assert.Equal(e.Content, Read(Whole.Replace("\n", " ", StringComparison.Ordinal).Replace("40,", "4e1,", StringComparison.Ordinal))[0].Content); // spelling does not matter
        Assert.Equal(2, Read($"[{Whole},{Whole}]").Count);
    }

    [Theory]
    [InlineData("\"specversion\":\"1.0\"", "\"specversion\":\"0.3\"", "$.specversion")]
    [InlineData("lazuli.usage.request", "lazuli.usage.correction", "$.type")]
    [InlineData("\"id\":\"7\"", "\"id\":\"0\"", "$.id")]
    [InlineData("\"id\":\"7\"", "\"id\":\"07\"", "$.id")]
    [InlineData("\"id\":\"7\"", "\"id\":\"-7\"", "$.id")]
    [InlineData("\"id\":\"7\"", "\"id\":7", "$.id")]
    [InlineData("\"id\":\"7\"", "\"id\":\"99999999999999999999\"", "$.id")]
    [InlineData("000001Z", "000001", "$.time")]
    [InlineData("2026-11-01T", "1926-11-01T", "$.time")]
    [InlineData("2026-11-01T", "2026-13-01T", "$.time")]
    [InlineData("\"promptTokens\":\"100\"", "\"promptTokens\":\"1e2\"", "$.data.promptTokens")]
    [InlineData("\"promptTokens\":\"100\"", "\"promptTokens\":1.5", "$.data.promptTokens")]
    [InlineData("\"promptTokens\":\"100\"", "\"promptTokens\":\"99999999999999999999\"", "$.data.promptTokens")]
    [InlineData("\"promptTokens\":\"100\"", "\"promptTokens\":null", "$.data.promptTokens")]
    [InlineData("\"cachedTokens\":40", "\"cachedTokens\":101", "$.data.cachedTokens")]
    [InlineData("1.5e9", "NaN", "$.data.flop")]
    [InlineData("1.5e9", "Infinity", "$.data.flop")]
    [InlineData("1.5e9", "1e999", "$.data.flop")]
    [InlineData("\"flop\":\"1.5e9\"", "\"flop\":NaN", "$")]
    [InlineData("\"Completed\"", "\"0\"", "$.data.outcome")]
    [InlineData("\"Completed\"", "\"Completed,Failed\"", "$.data.outcome")]
    [InlineData("\"EUR\"", "\"eur\"", "$.data.currency")]
    [InlineData("\"batch\":true", "\"batch\":\"true\"", "$.data.batch")]
    [InlineData("\"batch\":true", "\"batch\":true,\"tip\":1", "$.data")]
    [InlineData("\"id\":\"7\"", "\"id\":\"7\",\"id\":\"8\"", "$")]
    [InlineData("lazuli.usage.request", "lazuli.usage.job", "$.data.promptTokens")]
    public void Says_where_what_was_wanted_and_what_came(string from, string to, string place)
    {
        BillingRefusedException refused = Assert.Throws<BillingRefusedException>(() => Read(Whole.Replace(from, to, StringComparison.Ordinal)));
        Assert.Equal((BillingRefusal.Invalid, place), (refused.Code, refused.Place));
        Assert.Contains("expected", refused.Message, StringComparison.Ordinal);
        if (place != "$")
        {
            string inList = Assert.Throws<BillingRefusedException>(() => Read($"[{Whole},{Whole.Replace(from, to, StringComparison.Ordinal)}]")).Place;
            Assert.Equal("$[1]" + place[1..], inList);
        }
    }

    [Fact]
    public void Whatever_comes_is_read_or_refused()
    {
        byte[] bytes = Encoding.UTF8.GetBytes(Whole);
        for (int length = 0; length < bytes.Length; length++)
        {
            Assert.Throws<BillingRefusedException>(() => OutsideEventJson.Read(bytes.AsMemory(0, length)));
        }

        int refused = 0;
        for (int bit = 0; bit < bytes.Length * 8; bit++)
        {
            byte[] flipped = [.. bytes];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            try
            {
                Assert.Single(OutsideEventJson.Read(flipped));
            }
            catch (BillingRefusedException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, bytes.Length, bytes.Length * 8);
        Assert.Throws<BillingRefusedException>(() => Read(new string('[', 10_000)));
        Assert.Throws<BillingRefusedException>(() => Read("[]"));
        Assert.Throws<BillingRefusedException>(() => Read("null"));
        Assert.Throws<BillingRefusedException>(() => Read(new string(' ', OutsideEventJson.MostBytes + 1)));
        Assert.Throws<BillingRefusedException>(() => Read("[" + string.Join(',', Enumerable.Repeat(Whole, OutsideEventJson.MostEvents + 1)) + "]"));
        Assert.Throws<BillingRefusedException>(() => Read(Whole.Replace("\"tiny\"", '"' + new string('x', 9_000) + '"', StringComparison.Ordinal)));
    }

    private static IReadOnlyList<OutsideEvent> Read(string json) => OutsideEventJson.Read(Encoding.UTF8.GetBytes(json));
}
