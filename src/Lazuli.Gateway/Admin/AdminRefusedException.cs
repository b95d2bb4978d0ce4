namespace Lazuli.Gateway;

/// <summary>The admin API refuses.</summary>
internal sealed class AdminRefusedException(int status, string title, string detail) : Exception(detail)
{
    public int Status { get; } = status;

    public string Title { get; } = title;
}
