using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Lazuli.Gateway;

/// <summary>How bodies are written: snake case, nulls written, text as it is instead of escaped.</summary>
/// <remarks>A property that OpenAI leaves out, instead of writing null, says so itself; there is no global rule, because both occur side by side.</remarks>
[JsonSerializable(typeof(ErrorBody))]
[JsonSerializable(typeof(ChatCompletion))]
[JsonSerializable(typeof(ChatChunk))]
[JsonSerializable(typeof(ChatChunkWithUsage))]
[JsonSerializable(typeof(TextCompletion))]
[JsonSerializable(typeof(TextChunk))]
[JsonSerializable(typeof(TextChunkWithUsage))]
[JsonSerializable(typeof(EmbeddingList))]
[JsonSerializable(typeof(ModelList))]
[JsonSerializable(typeof(ModelObject))]
[JsonSerializable(typeof(UsageObject))]
[JsonSerializable(typeof(ReportPage<UsageObject>))]
[JsonSerializable(typeof(ReportPage<UsageBucket<CompletionsUsage>>))]
[JsonSerializable(typeof(ReportPage<UsageBucket<CostsResult>>))]
[JsonSerializable(typeof(HealthBody))]
internal sealed partial class WireJson : JsonSerializerContext
{
    /// <summary>The one instance to use.</summary>
    public static WireJson Wire { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,

        // The answer is JSON and nothing else; escaping what only HTML minds would triple the size of other alphabets.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
