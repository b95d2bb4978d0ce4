using Lazuli.Contracts;

namespace Lazuli.Licensing;

/// <summary>Rolls a change back from inside its transaction; becomes <see cref="LicensingResult{T}.Refused"/> outside.</summary>
internal sealed class ChangeRefusedException(LicensingRefusal code, IReadOnlyList<string> reasons) : Exception(string.Join(' ', reasons))
{
    public LicensingRefusal Code => code;

    public IReadOnlyList<string> Reasons => reasons;
}
