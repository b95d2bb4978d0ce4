using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Lazuli.Contracts;
using Lazuli.Proofs;

namespace Lazuli.Billing;

/// <summary>An event in an interval's tree: whose, under a keyed hash, which, and the hash of the event itself. Neighbours in a proof show no more than that.</summary>
/// <param name="Subject">HMAC-SHA256 of the party's id under the party's salt, in hexadecimal.</param>
/// <param name="Source">Who numbered it.</param>
/// <param name="Sequence">Its number.</param>
/// <param name="EventHash">SHA-256 of the canonical event.</param>
internal sealed record MeterLeaf(string Subject, string Source, long Sequence, MerkleHash EventHash) : IComparable<MeterLeaf>
{
    /// <summary>The subject's name in leaves.</summary>
    public static string SubjectOf(PartyId party, ReadOnlySpan<byte> salt) => Convert.ToHexStringLower(HMACSHA256.HashData(salt, Encoding.UTF8.GetBytes(party.Value)));

    /// <summary>Subject, source, sequence: so a party's leaves are neighbours.</summary>
    public int CompareTo(MeterLeaf? other)
    {
        if (other is null)
        {
            return 1;
        }

        int order = string.CompareOrdinal(Subject, other.Subject);
        order = order != 0 ? order : string.CompareOrdinal(Source, other.Source);
        return order != 0 ? order : Sequence.CompareTo(other.Sequence);
    }

    /// <summary>The leaf's bytes: canonical JSON.</summary>
    public byte[] ToBytes() => Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $$"""{"event":"{{EventHash}}","sequence":"{{Sequence}}","source":"{{Source}}","subject":"{{Subject}}"}"""));

    /// <summary>Its hash in the tree.</summary>
    public MerkleHash ToHash() => MerkleHash.OfLeaf(ToBytes());
}

/// <summary>What an interval's entry in the log says.</summary>
/// <param name="IntervalSeconds">First second of the interval, since 1970-01-01 UTC.</param>
/// <param name="LengthSeconds">How long it is.</param>
/// <param name="Count">Events.</param>
/// <param name="Root">Root of their tree.</param>
/// <param name="Totals">Sums over them.</param>
/// <param name="Previous">SHA-256 of the entry before, in hexadecimal; empty for the first.</param>
internal sealed record IntervalSeal(long IntervalSeconds, int LengthSeconds, long Count, MerkleHash Root, MeterTotals Totals, string Previous)
{
    /// <summary>The entry: canonical JSON; numbers are strings, since some pass 2^53.</summary>
    public byte[] ToBytes()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("type", "lazuli.metering.interval/v1");
            writer.WriteString("interval", Text(IntervalSeconds));
            writer.WriteString("length", Text(LengthSeconds));
            writer.WriteString("count", Text(Count));
            writer.WriteString("root", Root.ToString());
            writer.WriteString("previous", Previous);
            writer.WriteStartObject("sums");
            writer.WriteString("promptTokens", Text(Totals.PromptTokens));
            writer.WriteString("cachedTokens", Text(Totals.CachedTokens));
            writer.WriteString("completionTokens", Text(Totals.CompletionTokens));
            writer.WriteString("deviceMicroseconds", Text(Totals.DeviceMicroseconds));
            writer.WriteStartObject("chargeNanos");
            foreach ((string currency, long nanos) in Totals.ChargeNanos)
            {
                writer.WriteString(currency, Text(nanos));
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return CanonicalJson.Format(buffer.WrittenMemory);
    }

    /// <summary>Reads an entry back.</summary>
    /// <exception cref="FormatException">It is not one, or not in its canonical spelling.</exception>
    public static IntervalSeal Read(ReadOnlyMemory<byte> entry)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(entry);
            JsonElement root = document.RootElement;
            JsonElement sums = root.GetProperty("sums");
            var totals = new MeterTotals
            {
                PromptTokens = Number(sums, "promptTokens"),
                CachedTokens = Number(sums, "cachedTokens"),
                CompletionTokens = Number(sums, "completionTokens"),
                DeviceMicroseconds = Number(sums, "deviceMicroseconds"),
            };
            foreach (JsonProperty charge in sums.GetProperty("chargeNanos").EnumerateObject())
            {
                totals.ChargeNanos.Add(charge.Name, long.Parse(charge.Value.GetString()!, CultureInfo.InvariantCulture));
            }

            var seal = new IntervalSeal(
                Number(root, "interval"), (int)Number(root, "length"), Number(root, "count"), new MerkleHash(Convert.FromHexString(root.GetProperty("root").GetString()!)), totals, root.GetProperty("previous").GetString()!);
            return seal.ToBytes().AsSpan().SequenceEqual(entry.Span) ? seal : throw new FormatException("The entry is not an interval's seal in its canonical spelling.");
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or ArgumentException or OverflowException)
        {
            throw new FormatException($"The entry is not an interval's seal: {e.Message}", e);
        }
    }

    private static long Number(JsonElement parent, string name) => long.Parse(parent.GetProperty(name).GetString()!, CultureInfo.InvariantCulture);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Sums over the events of an interval.</summary>
internal sealed record MeterTotals
{
    public long PromptTokens { get; set; }

    public long CachedTokens { get; set; }

    public long CompletionTokens { get; set; }

    public long DeviceMicroseconds { get; set; }

    /// <summary>By currency.</summary>
    public SortedDictionary<string, long> ChargeNanos { get; } = new(StringComparer.Ordinal);

    /// <summary>Counts one more.</summary>
    public void Add(MeterEvent e)
    {
        checked
        {
            PromptTokens += e.Tokens.Prompt;
            CachedTokens += e.Tokens.Cached;
            CompletionTokens += e.Tokens.Completion;
            DeviceMicroseconds += e.DeviceMicroseconds;
            ChargeNanos[e.Charge.Currency.Code] = ChargeNanos.GetValueOrDefault(e.Charge.Currency.Code) + e.Charge.Nanos;
        }
    }

    /// <summary>Whether all sums agree.</summary>
    public bool Matches(MeterTotals other) =>
        (PromptTokens, CachedTokens, CompletionTokens, DeviceMicroseconds) == (other.PromptTokens, other.CachedTokens, other.CompletionTokens, other.DeviceMicroseconds)
        && ChargeNanos.SequenceEqual(other.ChargeNanos);
}
