namespace Lazuli.Gateway;

/// <summary><c>{"error":{…}}</c>; all four keys always.</summary>
internal sealed record ErrorBody(ErrorDetail Error)
{
    public static ErrorBody Of(OpenAiError error) => new(new ErrorDetail(error.Message, error.Type, error.Param, error.Code));
}

/// <summary>The inside of an error body, in the order that OpenAI writes it.</summary>
internal sealed record ErrorDetail(string Message, string Type, string? Param, string? Code);
