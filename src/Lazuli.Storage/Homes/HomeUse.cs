namespace Lazuli.Storage;

/// <summary>What a process holds a <see cref="LazuliHome"/> for: whether another that meets it should wait to ask it.</summary>
public enum HomeUse
{
    /// <summary>It answers for the home, or begins to.</summary>
    Answer,

    /// <summary>It works on the home alone, and may do so for long before it answers anybody.</summary>
    Work,
}
