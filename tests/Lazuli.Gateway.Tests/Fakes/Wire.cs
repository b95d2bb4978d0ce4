using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Lazuli.Gateway.Tests;

/// <summary>Bodies made comparable: what differs from run to run becomes a constant.</summary>
internal static partial class Wire
{
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Normalise(string body)
    {
        body = Id().Replace(body, "$1-ID");
        body = Created().Replace(body, "\"created\":1234567890");
        return Fingerprint().Replace(body, "fp_0123456789");
    }

    /// <summary>One JSON body, laid out for people.</summary>
    public static string Pretty(string json)
    {
        using JsonDocument document = JsonDocument.Parse(Normalise(json));
        return JsonSerializer.Serialize(document.RootElement, s_indented);
    }

    [GeneratedRegex("(chatcmpl|cmpl)-[0-9A-Za-z]{29}")]
    private static partial Regex Id();

    // Ten digits: a time in seconds; models' own times are shorter-lived than this pattern's right end.
    [GeneratedRegex("\"created\":1[789][0-9]{8}(?=,\"model\"|,\"choices\")")]
    private static partial Regex Created();

    [GeneratedRegex("fp_[0-9a-f]{10}")]
    private static partial Regex Fingerprint();
}
