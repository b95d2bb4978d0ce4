namespace Lazuli.Gateway;

/// <summary>A request is answered with an error; thrown where the fault is found, turned into a response in one place.</summary>
internal sealed class RequestRefusedException(OpenAiError error) : Exception(error.Message)
{
    public OpenAiError Error { get; } = error;
}
