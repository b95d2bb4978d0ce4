using Lazuli.Contracts;

namespace Lazuli.Billing;

/// <summary>How sealing goes in this process.</summary>
internal sealed class Sealing : ISealing
{
    private volatile string? _failure;

    /// <inheritdoc/>
    public string? Failure => _failure;

    /// <summary>Nothing is sealed for this reason.</summary>
    /// <returns>Whether that is news.</returns>
    public bool Fail(string reason)
    {
        bool isNew = _failure != reason;
        _failure = reason;
        return isNew;
    }

    /// <summary>All is sealed that can be.</summary>
    /// <returns>Whether that is news.</returns>
    public bool Succeed()
    {
        bool isNew = _failure is not null;
        _failure = null;
        return isNew;
    }
}
