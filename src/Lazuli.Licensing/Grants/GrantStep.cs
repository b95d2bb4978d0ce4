namespace Lazuli.Licensing;

/// <summary>What happens to a grant after it was offered.</summary>
internal enum GrantStep
{
    Notice,
    Sign,
    Withdraw,
    Suspend,
    Resume,
    End,
}
