package sessions

import (
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go/aws/session"
	"github.com/guregu/dynamo"
)

type Session struct {
	Token    string            `dynamo:"token"`
	User     string            `dynamo:"user"`
	Uses     int               `dynamo:"uses"`
	MaxUses  int               `dynamo:"max_uses"`
	Values   map[string]string `dynamo:"values"`
	Rev      int               `dynamo:"rev"`
	Revoked  bool              `dynamo:"revoked"`
	LastSeen time.Time         `dynamo:"last_seen"`
}

var (
	ErrExpired  = errors.New("session expired")
	ErrConflict = errors.New("session was changed by another request")
)

// Base holds what all tables of this service share.
type Base struct {
	Table dynamo.Table
}

type Store struct {
	Base
	ttl time.Duration
}

func Open(name string, ttl time.Duration) *Store {
	db := dynamo.New(session.Must(session.NewSession()))
	return &Store{Base: Base{Table: db.Table(name)}, ttl: ttl}
}

func (s *Store) load(token string) (*Session, error) {
	var sess Session
	if err := s.Table.Get("token", token).Consistent(true).One(&sess); err != nil {
		return nil, fmt.Errorf("load session: %w", err)
	}
	return &sess, nil
}

// case: id=go-gur-119 label=race rule=lost-update tier=3 note=puts back a session whose values the caller changed (caller PutValue)
func (s *Store) save(sess *Session) error {
	sess.LastSeen = time.Now()
	return s.Table.Put(sess).Run() // expect: lost-update
}

// case: id=go-gur-120 label=safe tier=3 note=put under the revision that the caller read, advanced here (caller DropValue)
func (s *Store) saveRev(sess *Session) error {
	seen := sess.Rev
	sess.Rev++
	err := s.Table.Put(sess).If("rev = ?", seen).Run()
	if dynamo.IsCondCheckFailed(err) {
		return ErrConflict
	}
	return err
}

func (s *Store) PutValue(token, name, value string) error {
	sess, err := s.load(token)
	if err != nil {
		return err
	}
	if sess.Values == nil {
		sess.Values = make(map[string]string)
	}
	sess.Values[name] = sess.Values[name] + ";" + value
	return s.save(sess)
}

func (s *Store) DropValue(token, name string) error {
	for i := 0; i < 3; i++ {
		sess, err := s.load(token)
		if err != nil {
			return err
		}
		delete(sess.Values, name)
		if err = s.saveRev(sess); err != ErrConflict {
			return err
		}
	}
	return ErrConflict
}

// case: id=go-gur-121 label=race rule=lost-update tier=2 note=uses computed in the program and Set, If only tests that the session exists
func (s *Store) Touch(token string) (int, error) {
	sess, err := s.load(token)
	if err != nil {
		return 0, err
	}
	uses := sess.Uses + 1
	if uses > sess.MaxUses {
		return sess.Uses, ErrExpired
	}
	upd := s.Table.Update("token", token).Set("uses", uses)
	upd = upd.If("attribute_exists('token')")
	return uses, upd.Run() // expect: lost-update
}

// case: id=go-gur-122 label=safe tier=2 note=the update chain is extended by the limit before it runs
func (s *Store) TouchLimited(token string) error {
	sess, err := s.load(token)
	if err != nil {
		return err
	}
	if sess.Uses >= sess.MaxUses {
		return ErrExpired
	}
	upd := s.Table.Update("token", token).Add("uses", 1)
	upd = upd.If("uses < max_uses")
	if err := upd.Run(); err != nil {
		if dynamo.IsCondCheckFailed(err) {
			return ErrExpired
		}
		return fmt.Errorf("touch: %w", err)
	}
	return nil
}

// case: id=go-gur-123 label=race rule=check-then-act tier=2 note=the If is added on one branch only
func (s *Store) Transfer(token, to string, force bool) error {
	sess, err := s.load(token)
	if err != nil {
		return err
	}
	if sess.Revoked || sess.User == to {
		return ErrExpired
	}
	upd := s.Table.Update("token", token).Set("user", to)
	if !force {
		upd = upd.If("revoked = ?", false).If("'user' = ?", sess.User)
	}
	return upd.Run() // expect: check-then-act
}

// case: id=go-gur-124 label=safe tier=1 note=revoking sets a constant flag, whoever comes first
func (s *Store) Revoke(token string) error {
	return s.Table.Update("token", token).Set("revoked", true).If("attribute_exists('token')").Run()
}

// case: id=go-gur-125 label=safe tier=1 note=logging out is an idempotent delete
func (s *Store) Logout(token string) error {
	if err := s.Table.Delete("token", token).Run(); err != nil {
		return fmt.Errorf("logout: %w", err)
	}
	return nil
}
