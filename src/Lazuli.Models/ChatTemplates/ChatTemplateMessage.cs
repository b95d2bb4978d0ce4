using System.Text.Json;

namespace Lazuli.Models;

/// <summary>One message as a published template sees it.</summary>
/// <param name="Role">One of <see cref="PublishedChatTemplate.Roles"/>.</param>
/// <param name="Content">The text; null where a message only calls tools.</param>
public sealed record ChatTemplateMessage(string Role, string? Content)
{
    /// <summary>Calls of tools by an assistant: an array of objects in OpenAI's form, <c>arguments</c> as an object or as JSON text.</summary>
    public JsonElement? ToolCalls { get; init; }

    /// <summary>Which call a tool's message answers.</summary>
    public string? ToolCallId { get; init; }

    /// <summary>The name of the tool or of the speaker.</summary>
    public string? Name { get; init; }

    /// <summary>What an assistant thought before it answered, for templates that show it.</summary>
    public string? ReasoningContent { get; init; }
}
