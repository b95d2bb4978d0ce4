using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Lazuli.Contracts;
using Lazuli.Proofs;

namespace Lazuli.Billing;

/// <summary>Meter events as CloudEvents 1.0 in JSON, in the one canonical spelling that is hashed.</summary>
internal static class CloudEventJson
{
    /// <summary>The event's bytes. <paramref name="subject"/> stands for the party; key and project are not in it.</summary>
    public static byte[] Write(MeterEvent e, string subject)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("specversion", "1.0");
            writer.WriteString("type", TypeOf(e.Kind));
            writer.WriteString("source", e.Source);
            writer.WriteString("id", Text(e.Sequence));
            writer.WriteString("time", e.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture));
            writer.WriteString("subject", subject);
            writer.WriteString("datacontenttype", "application/json");
            writer.WriteString("grantid", GrantChainText.Join(e.GrantChain));
            writer.WriteString("priceversion", e.PriceVersion);
            writer.WriteString("modeldigest", e.ModelDigest);
            writer.WriteStartObject("data");
            writer.WriteString("request", e.RequestId?.ToString() ?? "");
            writer.WriteString("model", e.ModelName);
            writer.WriteString("outcome", e.Outcome.ToString());
            writer.WriteString("promptTokens", Text(e.Tokens.Prompt));
            writer.WriteString("cachedTokens", Text(e.Tokens.Cached));
            writer.WriteString("completionTokens", Text(e.Tokens.Completion));
            writer.WriteString("deviceMicroseconds", Text(e.DeviceMicroseconds));
            writer.WriteString("flop", CanonicalJson.FormatNumber(e.Flop));
            writer.WriteString("chargeNanos", Text(e.Charge.Nanos));
            writer.WriteString("currency", e.Charge.Currency.Code);
            writer.WriteString("requests", Text(e.Requests));
            writer.WriteString("deviceSeconds", Text(e.DeviceSeconds));
            if (e.Corrects is { } corrected)
            {
                writer.WriteString("corrects", corrected.ToString());
            }

            if (e.Reason.Length > 0)
            {
                writer.WriteString("reason", e.Reason);
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return CanonicalJson.Format(buffer.WrittenMemory);
    }

    private static string TypeOf(MeterEventKind kind) => kind switch
    {
        MeterEventKind.Request => "lazuli.usage.request",
        MeterEventKind.Job => "lazuli.usage.job",
        MeterEventKind.Correction => "lazuli.usage.correction",
        MeterEventKind.GivenUp => "lazuli.usage.given-up",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a kind of event."),
    };

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
